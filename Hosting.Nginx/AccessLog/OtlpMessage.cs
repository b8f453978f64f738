namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>An export request of OTLP with the records of one sender: the same shape for spans and for log records.</summary>
internal sealed class OtlpMessage(string service, string instance, string scope)
{
    private int _resource;
    private int _scope;
    private bool _isComplete;

    public ProtoWriter Writer { get; } = new();

    public void Clear()
    {
        Writer.Clear();
        _isComplete = false;
    }

    /// <summary>Begins a span or a log record; the writer's <see cref="ProtoWriter.End"/> ends it.</summary>
    public int BeginRecord()
    {
        if (Writer.Length == 0)
        {
            Open();
        }

        return Writer.Begin(2);
    }

    /// <summary>The whole message; empty without records. Nothing can be added to it then.</summary>
    public ReadOnlyMemory<byte> Complete()
    {
        if (Writer.Length > 0 && !_isComplete)
        {
            _isComplete = true;
            Writer.End(_scope);
            Writer.End(_resource);
        }

        return Writer.Written;
    }

    private void Open()
    {
        _resource = Writer.Begin(1);
        var resource = Writer.Begin(1);
        Writer.Attribute(1, "service.name", service);
        Writer.Attribute(1, "service.instance.id", instance);
        Writer.End(resource);
        _scope = Writer.Begin(2);
        var name = Writer.Begin(1);
        Writer.Text(1, scope);
        Writer.End(name);
    }
}

/// <summary>Attributes of OTLP: a key, and a value that says of which type it is.</summary>
internal static class OtlpAttributes
{
    public static void Attribute(this ProtoWriter proto, int field, string key, string value)
    {
        var (pair, inner) = Open(proto, field, key);
        proto.Text(1, value);
        Close(proto, pair, inner);
    }

    public static void Attribute(this ProtoWriter proto, int field, string key, long value)
    {
        var (pair, inner) = Open(proto, field, key);
        proto.Number(3, value);
        Close(proto, pair, inner);
    }

    public static void Attribute(this ProtoWriter proto, int field, string key, double value)
    {
        var (pair, inner) = Open(proto, field, key);
        proto.Real(4, value);
        Close(proto, pair, inner);
    }

    private static (int Pair, int Value) Open(ProtoWriter proto, int field, string key)
    {
        var pair = proto.Begin(field);
        proto.Text(1, key);
        return (pair, proto.Begin(2));
    }

    private static void Close(ProtoWriter proto, int pair, int value)
    {
        proto.End(value);
        proto.End(pair);
    }
}
