using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>The connections that a gateway's clients had in a window.</summary>
internal sealed class ConnectionFigures(OverviewWindow window)
{
    private readonly MeasureFigures _open = new(window);
    private readonly MeasureFigures _reading = new(window);
    private readonly MeasureFigures _writing = new(window);
    private readonly MeasureFigures _waiting = new(window);
    private readonly MeasureFigures _accepted = new(window);
    private readonly MeasureFigures _handled = new(window);

    /// <summary>At the end of the window, idle ones included.</summary>
    public double? Open => _open.Last;

    public double? Reading => _reading.Last;

    /// <summary>Those that get an answer, or wait for one.</summary>
    public double? Writing => _writing.Last;

    /// <summary>Those that are idle.</summary>
    public double? Waiting => _waiting.Last;

    /// <summary>New ones in a second.</summary>
    public double? Accepted => _accepted.Rate;

    /// <summary>New ones for which the gateway had no room.</summary>
    public double Refused => Math.Max(0, _accepted.Sum - _handled.Sum);

    public void Add(long at, UsageKind measure, UsageSum sum)
    {
        var figures = measure switch
        {
            UsageKind.OpenConnections => _open,
            UsageKind.ReadingConnections => _reading,
            UsageKind.WritingConnections => _writing,
            UsageKind.WaitingConnections => _waiting,
            UsageKind.AcceptedConnections => _accepted,
            _ => _handled,
        };
        figures.Add(at, sum);
    }
}
