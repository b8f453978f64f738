namespace Benchmarks;

/// <summary>A measurement, or what it needs, failed; the message says how.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
