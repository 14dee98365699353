import { NotModelled } from '../cloud/fault';
import { type Provider, text } from './provider';

/** HTTP APIs. Throttling, CORS and access logs of their stages are not modelled, and change nothing of what is decided. */
export const HTTP_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::ApiGatewayV2::Api': (request, { http }) => {
    const protocol = text(request.properties, 'ProtocolType');
    if (protocol !== 'HTTP') throw new NotModelled(`an API of ${protocol ?? 'no protocol'}`, 'nothing answers there');
    const api = http.create(request.label);
    return { ref: api.id, attributes: { ApiEndpoint: http.endpoint(api), ApiId: api.id } };
  },

  'AWS::ApiGatewayV2::Integration': (request, { http, world }) => {
    const { properties } = request;
    const type = text(properties, 'IntegrationType') ?? '';
    const version = text(properties, 'PayloadFormatVersion') ?? '1.0';
    if (type !== 'AWS_PROXY' || version !== '2.0')
      throw new NotModelled(`integration ${type} with payload ${version}`, 'its routes answer with an error');
    const id = world.random.fork(`integration ${request.label}`).hex(7);
    const api = http.find(text(properties, 'ApiId') ?? '');
    // The URI is the function, or the path of its invocation.
    const uri = text(properties, 'IntegrationUri') ?? '';
    api?.integrations.set(id, /arn:[^/]+:function:[^/]+/.exec(uri)?.[0] ?? uri);
    return { ref: id, attributes: { IntegrationId: id } };
  },

  'AWS::ApiGatewayV2::Route': (request, { http, world }) => {
    const { properties } = request;
    const api = http.find(text(properties, 'ApiId') ?? '');
    const integrationId = (text(properties, 'Target') ?? '').replace(/^integrations\//, '');
    const authorization = text(properties, 'AuthorizationType') ?? 'NONE';
    api?.routes.push({ key: text(properties, 'RouteKey') ?? '', authorization, integrationId });
    const id = world.random.fork(`route ${request.label}`).hex(7);
    return { ref: id, attributes: { RouteId: id } };
  },

  'AWS::ApiGatewayV2::Stage': (request, { http }) => {
    const name = text(request.properties, 'StageName') ?? '';
    http.find(text(request.properties, 'ApiId') ?? '')?.stages.push(name);
    return { ref: name };
  },
};
