namespace Aspire.Hosting.ApplicationModel;

/// <summary>When an image is pulled before its container starts.</summary>
public enum ImagePullPolicy
{
    /// <summary>As the engine does it by itself: when it is not there.</summary>
    Default = 0,

    /// <summary>Each time.</summary>
    Always = 1,

    /// <summary>When it is not there.</summary>
    Missing = 2,

    /// <summary>Never: an image that is not there is an error.</summary>
    Never = 3,
}
