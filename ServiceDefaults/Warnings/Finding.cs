namespace Stack.ServiceDefaults.Warnings;

/// <summary>Something about the site that will do harm, with its cure.</summary>
/// <param name="Name">The setting that silences it is <c>Stack:Warnings:Name=false</c>.</param>
/// <param name="Text">What was found, what comes of it, what to do.</param>
internal sealed record Finding(string Name, string Text);
