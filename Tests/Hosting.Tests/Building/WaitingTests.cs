using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Building;

public sealed class WaitingTests
{
    private readonly IDistributedApplicationBuilder _builder = Models.Empty();
    private readonly IResourceBuilder<ExecutableResource> _a;
    private readonly IResourceBuilder<ExecutableResource> _b;

    public WaitingTests()
    {
        _a = _builder.AddExecutable("a", "/bin/true", "/");
        _b = _builder.AddExecutable("b", "/bin/true", "/");
    }

    [Fact]
    public void Each_wait_notes_what_for_and_how_and_a_relationship()
    {
        _a.WaitFor(_b).WaitForStart(_b, WaitBehavior.StopOnResourceUnavailable).WaitForCompletion(_b, exitCode: 4).WaitFor(_b, WaitBehavior.WaitOnResourceUnavailable);

        _a.Resource.Annotations.OfType<WaitAnnotation>().Select(w => (w.Resource.Name, w.WaitType, w.ExitCode, w.WaitBehavior)).ShouldBe(
        [
            ("b", WaitType.WaitUntilHealthy, 0, null),
            ("b", WaitType.WaitUntilStarted, 0, WaitBehavior.StopOnResourceUnavailable),
            ("b", WaitType.WaitForCompletion, 4, null),
            ("b", WaitType.WaitUntilHealthy, 0, WaitBehavior.WaitOnResourceUnavailable),
        ]);
        _a.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => (r.Resource.Name, r.Type)).Distinct().ShouldBe([("b", "WaitFor")]);
    }

    [Fact]
    public void A_resource_can_not_wait_for_itself()
    {
        const string Message = "The resource 'a' can't wait for itself. Remove that wait.";

        Should.Throw<DistributedApplicationException>(() => _a.WaitFor(_a)).Message.ShouldBe(Message);
        Should.Throw<DistributedApplicationException>(() => _a.WaitForStart(_a)).Message.ShouldBe(Message);
        Should.Throw<DistributedApplicationException>(() => _a.WaitForCompletion(_a)).Message.ShouldBe(Message);
    }

    [Fact]
    public void A_child_can_not_wait_for_its_parent()
    {
        var child = _builder.AddResource(new Child("child", _a.Resource));

        Should.Throw<DistributedApplicationException>(() => child.WaitFor(_a)).Message
            .ShouldBe("The resource 'child' can't wait for its own parent 'a': it lives with it. Remove that wait.");
    }

    [Fact]
    public void Who_waits_for_a_child_waits_for_its_parents_too()
    {
        var child = _builder.AddResource(new Child("child", _a.Resource));
        var grandchild = _builder.AddResource(new Child("grandchild", child.Resource));

        _b.WaitFor(grandchild);

        _b.Resource.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource.Name).ShouldBe(["a", "child", "grandchild"]);
    }

    [Fact]
    public void Relationships_are_noted_at_the_side_they_belong_to()
    {
        _a.WithParentRelationship(_b).WithRelationship(_b, "Likes");
        _b.WithChildRelationship(_a).WithReferenceRelationship(_a.Resource);

        _a.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => (r.Resource.Name, r.Type)).ShouldBe([("b", "Parent"), ("b", "Likes"), ("b", "Parent")]);
        _b.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => (r.Resource.Name, r.Type)).ShouldBe([("a", "Reference")]);
    }

    [Fact]
    public void An_expression_refers_to_all_that_it_has_in_it()
    {
        _b.WithHttpEndpoint(targetPort: 80).WithHttpEndpoint(targetPort: 81, name: "admin");

        _a.WithReferenceRelationship(ReferenceExpression.Create($"{_b.GetEndpoint("http")} {_b.GetEndpoint("admin")}"));

        _a.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => (r.Resource.Name, r.Type)).ShouldBe([("b", "Reference")]);
    }

    private sealed class Child(string name, IResource parent) : Resource(name), IResourceWithParent, IResourceWithWaitSupport
    {
        public IResource Parent { get; } = parent;
    }
}
