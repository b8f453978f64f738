using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Output;

/// <summary>Writes a stack in the form that one target runs. Pure: no clock, no random source, no file, no process, no environment, no network.</summary>
internal interface IPublisher
{
    /// <summary>Name of the target: <c>systemd</c>.</summary>
    string Name { get; }

    /// <summary>How the parts of what it writes reach each other.</summary>
    PublishNetwork Network { get; }

    /// <param name="plan">What is to run.</param>
    /// <exception cref="Aspire.Hosting.DistributedApplicationException">The target can't express the plan; all faults are reported at once.</exception>
    PublishOutput Write(PublishPlan plan);
}

/// <summary>What a publisher has written, before anything is on disk.</summary>
/// <param name="Files">Rewritten each time.</param>
/// <param name="Seed">The user's file of parameters; null: there are none.</param>
/// <param name="Warnings">What the target can't express as well as a run does, in full sentences.</param>
internal sealed record PublishOutput(IReadOnlyList<PublishedFile> Files, SeedFile? Seed, IReadOnlyList<string> Warnings);

/// <summary>A file that is ours: it is rewritten, and not edited by hand.</summary>
/// <param name="Path">Relative, with slashes.</param>
/// <param name="Text">Its text; lines end with LF.</param>
/// <param name="IsExecutable">True: a script.</param>
internal sealed record PublishedFile(string Path, string Text, bool IsExecutable = false);

/// <summary>A file of the user's, with a line for each parameter. Values that are there are never changed; a key that is missing is added.</summary>
/// <param name="Path">Relative, with slashes.</param>
/// <param name="Dialect">How its lines are quoted.</param>
/// <param name="Keys">What it holds.</param>
internal sealed record SeedFile(string Path, EnvDialect Dialect, IReadOnlyList<SeedKey> Keys);

/// <summary>A line of a seed file.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Comment">What it is for; one line each.</param>
/// <param name="Value">Makes the first value; null: it is left empty, and the user has to give one.</param>
internal sealed record SeedKey(string Name, IReadOnlyList<string> Comment, Func<string>? Value);
