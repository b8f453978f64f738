namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives a parameter its value when none is configured.</summary>
public abstract class ParameterDefault
{
    /// <summary>The value. It is asked for once.</summary>
    public abstract string GetDefaultValue();
}
