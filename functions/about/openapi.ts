import { toJsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { API, Problem } from '../../config/contract/api.ts'

const schema = (shape: GenericSchema) => {
  const { $schema: _, ...rest } = toJsonSchema(shape, { errorMode: 'ignore' })
  return rest
}
const json = (shape: GenericSchema) => ({ 'application/json': { schema: schema(shape) } })

/** The OpenAPI 3.1 document of the interface, made from the schemas that requests are checked with. */
export function openApi(server: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of API) {
    const path = route.path.replace(/:([a-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'DARTS',
      version: '1',
      description: 'Desktops on demand. Every failure is answered with a Problem.',
    },
    servers: [{ url: server }],
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'darts' },
      },
    },
  }
}

function operation(route: (typeof API)[number]) {
  const parameters = [...route.path.matchAll(/:([a-z]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    summary: route.summary,
    parameters,
    ...('body' in route && { requestBody: { required: true, content: json(route.body) } }),
    responses: {
      [route.status]: {
        description: 'Success',
        ...('answer' in route && { content: json(route.answer) }),
        ...('stream' in route && { content: { 'text/event-stream': { schema: { type: 'string' } } } }),
      },
      default: { description: 'Failure', content: json(Problem) },
    },
  }
}
