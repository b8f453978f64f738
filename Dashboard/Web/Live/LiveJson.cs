using System.Text.Json.Serialization;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Live;

/// <summary>What the events of the live stream carry.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PulseModel))]
[JsonSerializable(typeof(LogBatch))]
[JsonSerializable(typeof(ConsoleBatch))]
[JsonSerializable(typeof(GapModel))]
[JsonSerializable(typeof(NewTraces))]
internal sealed partial class LiveJson : JsonSerializerContext;

/// <summary>Event <c>logs</c>: new records, oldest first.</summary>
internal sealed record LogBatch(IReadOnlyList<LogLineModel> Lines);

/// <summary>Event <c>lines</c>: console output.</summary>
/// <param name="Reset">True when it takes the place of what is there: the page had nothing, or what follows it is not known any more.</param>
/// <param name="Lines">Oldest first.</param>
internal sealed record ConsoleBatch(bool Reset, IReadOnlyList<ConsoleLineModel> Lines);

/// <summary>Event <c>gap</c>: something is missing here.</summary>
/// <param name="Dropped">How many records; null when nobody counted.</param>
internal sealed record GapModel(long? Dropped);

/// <summary>Event <c>traces</c>: what a page could show if it were made anew.</summary>
internal sealed record NewTraces(int Count, string Text);
