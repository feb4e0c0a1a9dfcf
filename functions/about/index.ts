import type { Hono } from 'hono'
import { readFunctions } from '../../config/bus/functions.ts'
import { readServices } from '../../config/bus/services.ts'
import type { FunctionContext } from '../runtime/function.ts'
import { callerOf, httpApp, mustBeAdmin } from '../runtime/http-app.ts'
import { openApi } from './openapi.ts'

export async function http({ bus }: FunctionContext): Promise<Hono> {
  const app = httpApp()
  const document = openApi('./')
  app.get('/api/openapi.json', c => c.json(document))
  app.get('/api/functions', async c => {
    callerOf(c)
    return c.json(await readFunctions(bus))
  })
  app.get('/api/services', async c => {
    mustBeAdmin(callerOf(c))
    return c.json(await readServices(bus))
  })
  return app
}
