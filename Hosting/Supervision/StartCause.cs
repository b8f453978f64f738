namespace Stack.Hosting.Supervision;

/// <summary>Why a replica starts.</summary>
internal enum StartCause
{
    /// <summary>A command.</summary>
    Command,

    /// <summary>A command that does not wait for dependencies (again): a restart, or a start of one that is waiting for them.</summary>
    CommandAgain,

    /// <summary>It had ended by itself.</summary>
    Crash,

    /// <summary>It had been given up, and gets another chance.</summary>
    Probation,
}
