import * as v from 'valibot'

/** Disk image formats; detection is never left to QEMU: the catalogue names the format and it is forced. */
export const FORMATS = ['qcow2', 'raw', 'vdi', 'vmdk', 'vhd', 'vhdx', 'iso'] as const
export type ImageFormat = (typeof FORMATS)[number]

const FileName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a plain file name: letters, digits, dot, dash, underscore'),
)
const choices = (unit: string) =>
  v.object({
    choices: v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
      v.minLength(1),
      v.description(unit),
    ),
    default: v.pipe(v.number(), v.integer(), v.minValue(1)),
  })

export const MachineName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes'),
)

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const Warm = v.strictObject({
  cpus: count,
  memory: v.pipe(count, v.description('MiB')),
  pool: v.optional(v.pipe(count, v.description('Copies that wait for a user, at least.')), 1),
})

/** `machine.json`: one machine of the catalogue. All file names are inside the machine's own folders. */
export const Machine = v.strictObject({
  name: MachineName,
  title: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
  description: v.pipe(v.string(), v.maxLength(500)),
  picture: v.optional(v.pipe(FileName, v.description('Picture beside machine.json for the landing page.'))),
  image: v.strictObject({
    recipe: v.optional(v.pipe(FileName, v.description('Program beside machine.json that builds the image.'))),
    disk: v.pipe(FileName, v.description("Disk image in the machine's images folder.")),
    format: v.picklist(FORMATS),
    blankDisk: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(2048),
        v.description('GiB of blank disk for an ISO.'),
      ),
      30,
    ),
  }),
  boot: v.variant('firmware', [
    v.strictObject({
      firmware: v.literal('kernel'),
      kernel: FileName,
      initrd: v.optional(FileName),
      append: v.pipe(v.string(), v.maxLength(1000), v.regex(/^[\x20-\x7e]*$/)),
    }),
    v.strictObject({ firmware: v.picklist(['bios', 'uefi']) }),
  ]),
  display: v.optional(v.picklist(['virtio-vga', 'VGA']), 'virtio-vga'),
  clipboard: v.optional(v.boolean(), false),
  flavor: v.strictObject({ cpus: choices('CPUs'), memory: choices('MiB') }),
  customize: v.optional(
    v.pipe(
      FileName,
      v.description(
        'Script beside machine.json that is run in each session: by virt-customize in its stopped disk, or by the agent in a copy of a running machine.',
      ),
    ),
  ),
  customizeOffline: v.pipe(
    v.optional(v.boolean(), false),
    v.description('The script works in a stopped disk only: the machine is then never started warm.'),
  ),
  account: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description(
        'uid in the guest of the user whose desktop it shows: gets the name of the session’s owner.',
      ),
    ),
  ),
  warm: v.optional(
    v.strictObject({
      flavors: v.pipe(
        v.array(Warm),
        v.description(
          'Flavors of which a booted copy is kept frozen, so that sessions start in a fraction of a second.',
        ),
      ),
      twins: v.pipe(
        v.optional(v.boolean(), false),
        v.description(
          'Copies may share their machine-id, keys and random numbers: only for a guest that keeps no secret, and whose agent cannot give it an identity.',
        ),
      ),
    }),
    { flavors: [] },
  ),
  ready: v.pipe(
    v.optional(v.array(v.picklist(['agent', 'desktop'])), []),
    v.description('What must answer before a session is ready; none: it is ready as soon as it runs.'),
  ),
})
export type Machine = v.InferOutput<typeof Machine>
