namespace Stack.Dashboard.Storage;

/// <summary>A kind of telemetry; a resource's set of them is a bit mask.</summary>
[Flags]
internal enum Signal
{
    None = 0,
    Logs = 1,
    Traces = 2,
    Metrics = 4,
}
