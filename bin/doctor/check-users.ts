import { systemUsers } from '../../host-runner/users.ts'
import type { Finding } from './checks.ts'

export async function checkUsers(): Promise<Finding[]> {
  const root: Finding =
    process.getuid?.() === 0
      ? { is: 'good', what: 'run as root' }
      : {
          is: 'bad',
          what: 'not run as root: credentials and images cannot be looked at',
          mend: 'sudo darts doctor',
        }
  try {
    systemUsers()
    return [root, { is: 'good', what: 'system users darts, darts-vm and darts-images' }]
  } catch (error) {
    return [root, { is: 'bad', what: (error as Error).message, mend: 'npm start makes them' }]
  }
}
