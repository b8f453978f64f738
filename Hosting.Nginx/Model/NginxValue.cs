namespace Stack.Hosting.Nginx.Model;

/// <summary>One word of a directive. A text is taken literally and may hold no variable; an expression is written by our own code and may.</summary>
internal readonly record struct NginxValue(string Text, bool IsExpression)
{
    /// <summary>Nginx substitutes the variables in it. Never for what comes from outside.</summary>
    public static NginxValue Expression(string text) => new(text, IsExpression: true);

    public static implicit operator NginxValue(string text) => new(text, IsExpression: false);

    public static implicit operator NginxValue(int number) => new(number.ToString(System.Globalization.CultureInfo.InvariantCulture), IsExpression: false);
}
