import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Controller, Get, Header, Inject, NotFoundException, Param, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'

/** OpenAPI documents by the name of their API. */
export type Documents = ReadonlyMap<string, string>
export const DOCUMENTS = Symbol('Documents')

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
}
const ASSET_FOLDER = dirname(require.resolve('swagger-ui-dist/package.json'))

/** The browsable documentation: `/docs`, and each API's document at `/docs/<api>.json`. Public. */
@Controller('docs')
export class DocsController {
  constructor(@Inject(DOCUMENTS) private readonly documents: Documents) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    const urls = [...this.documents.keys()].map((name) => ({ name, url: `/docs/${name}.json` }))
    return pageOf(urls)
  }

  @Get('assets/:name')
  async asset(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined
    if (type === undefined) throw new NotFoundException()
    const content = await readFile(join(ASSET_FOLDER, name))
    await reply.header('content-type', type).header('cache-control', 'public, max-age=86400').send(content)
  }

  @Get(':file')
  @Header('content-type', 'application/json; charset=utf-8')
  document(@Param('file') file: string): string {
    const document = this.documents.get(file.replace(/\.json$/, ''))
    if (document === undefined || !file.endsWith('.json')) throw new NotFoundException()
    return document
  }
}

function pageOf(urls: readonly { name: string; url: string }[]): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8">
    <title>Billstream API</title>
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
    <link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script>
      SwaggerUIBundle({
        url: ${JSON.stringify(urls[0]?.url ?? '')},
        dom_id: '#swagger-ui',
        deepLinking: true,
        persistAuthorization: true,
      })
    </script>
  </body>
</html>
`
}
