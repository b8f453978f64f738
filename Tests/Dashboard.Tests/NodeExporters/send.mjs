// Sends one trace of two spans, one log record of it and two metrics by OpenTelemetry's exporters, and prints the ids that they had.
// node send.mjs <http/json | http/protobuf | grpc> <base address> <key> <none | gzip>
import { context, diag, DiagLogLevel, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const [protocol, base, key, compression] = process.argv.slice(2);
const isGrpc = protocol === 'grpc';
const flavour = isGrpc ? 'grpc' : protocol === 'http/json' ? 'http' : 'proto';
diag.setLogger({ ...console, error: (...words) => console.error(...words), info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);

async function optionsOf(signal) {
  if (!isGrpc) return { url: `${base}/v1/${signal}`, headers: { 'x-otlp-api-key': key }, compression };
  const { Metadata } = await import('@grpc/grpc-js');
  const metadata = new Metadata();
  metadata.set('x-otlp-api-key', key);
  return { url: base, metadata, compression };
}

async function exporterOf(signal, name, type) {
  const module = await import(`@opentelemetry/exporter-${name}-otlp-${flavour}`);
  return new module[type](await optionsOf(signal));
}

const resource = resourceFromAttributes({ 'service.name': 'shop', 'service.instance.id': 'shop-1', 'process.runtime.name': 'nodejs' });
const spans = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(await exporterOf('traces', 'trace', 'OTLPTraceExporter'))] });
const logs = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: await exporterOf('logs', 'logs', 'OTLPLogExporter') })] });
const metrics = new MeterProvider({
  resource,
  readers: [new PeriodicExportingMetricReader({ exporter: await exporterOf('metrics', 'metrics', 'OTLPMetricExporter'), exportIntervalMillis: 60_000 })],
});

const tracer = spans.getTracer('shop.cart', '1.2.3');
const request = tracer.startSpan('GET /cart', {
  kind: SpanKind.SERVER,
  attributes: { 'http.route': '/cart', 'http.response.status_code': 500, ok: false, price: 2.5, whole: 3, names: ['ä', '€'], text: 'a "b" \\ \n' },
});
const inner = tracer.startSpan('read', { kind: SpanKind.CLIENT, links: [{ context: request.spanContext(), attributes: { why: 'test' } }] }, trace.setSpan(context.active(), request));
inner.recordException(new Error('it broke'));
inner.setStatus({ code: SpanStatusCode.ERROR, message: 'no cart' });
inner.end();
request.end();

logs.getLogger('shop.cart').emit({
  severityNumber: SeverityNumber.WARN, severityText: 'WARN', body: 'sold out: 7', attributes: { item: 7, big: 9007199254740991, list: [1, 'b', true], map: { deep: { value: 1.5 } }, none: null },
  context: trace.setSpan(context.active(), inner),
});

const meter = metrics.getMeter('shop.cart');
meter.createCounter('orders', { unit: '{order}' }).add(3, { kind: 'web' });
meter.createHistogram('duration', { unit: 's' }).record(0.25);

await Promise.allSettled([spans.shutdown(), logs.shutdown(), metrics.shutdown()]);
console.log(JSON.stringify({ traceId: request.spanContext().traceId, request: request.spanContext().spanId, inner: inner.spanContext().spanId }));
