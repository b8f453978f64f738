namespace Stack.Hosting.Control;

/// <summary>Whom the control socket lets in: this user and root, and in production the members of one group.</summary>
/// <param name="Group">Id of that group; null: there is none.</param>
internal sealed record SocketAccess(uint? Group)
{
    /// <summary>The group whose members may command a production stack.</summary>
    public const string GroupName = "stack";

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Nobody but this user and root.</summary>
    public static readonly SocketAccess OwnerOnly = new((uint?)null);

    public UnixFileMode FolderMode => Group is null ? Owner : Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    public UnixFileMode SocketMode
        => UnixFileMode.UserRead | UnixFileMode.UserWrite | (Group is null ? UnixFileMode.None : UnixFileMode.GroupRead | UnixFileMode.GroupWrite);

    /// <summary>Of the folder in which the folder is, when it has to be made: a group has to get through.</summary>
    public UnixFileMode ParentMode => Group is null ? Owner : FolderMode | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The group <see cref="GroupName"/>; this process's own where there is no such group, or where this user is not in it and so can't give it anything.</summary>
    public static SocketAccess OfGroup()
    {
        if (OperatingSystem.IsWindows())
        {
            return OwnerOnly;
        }

        var own = Native.GetEffectiveGroupId();
        return new(Native.FindGroup(GroupName) is { } group && (Native.GetEffectiveUserId() == 0 || group == own || Native.Groups().Contains(group)) ? group : own);
    }

    public bool Allows(Peer peer)
        => !OperatingSystem.IsLinux() || peer.Uid == 0 || peer.Uid == Native.GetEffectiveUserId() || (Group is { } group && peer.Groups.Contains(group));
}
