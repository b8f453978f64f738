namespace Aspire.Hosting.ApplicationModel;

/// <summary>A default that code gives.</summary>
internal sealed class ConstantParameterDefault(Func<string> value) : ParameterDefault
{
    public override string GetDefaultValue() => value();
}
