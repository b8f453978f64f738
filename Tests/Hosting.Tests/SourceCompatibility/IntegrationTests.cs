using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.DependencyInjection;

namespace Hosting.Tests.SourceCompatibility;

/// <summary>What integration packages for Aspire do: types, annotations, events and manifests of their own.</summary>
public sealed class IntegrationTests
{
    [Fact]
    public async Task AResourceWithAConnectionStringImplementsOnlyTheExpression()
    {
        var builder = Models.Empty();
        var topic = builder.AddQueue("queue", builder.AddParameter("password", "p1")).AddTopic("orders");
        topic.Resource.Parent.PrimaryEndpoint.EndpointAnnotation.AllocatedEndpoint = new AllocatedEndpoint(topic.Resource.Parent.PrimaryEndpoint.EndpointAnnotation, "localhost", 1234);

        (await ((IResourceWithConnectionString)topic.Resource).GetConnectionStringAsync(TestContext.Current.CancellationToken)).ShouldBe("host=localhost;port=1234;password=p1;topic=orders");
        ((IManifestExpressionProvider)topic.Resource).ValueExpression.ShouldBe("{orders.connectionString}");
        ((IResourceWithParent)topic.Resource).Parent.Name.ShouldBe("queue");
        ((IResourceWithConnectionString)topic.Resource).ConnectionStringEnvironmentVariable.ShouldBeNull();
    }

    [Fact]
    public void ABuilderIsOneOfItsBaseTypesToo()
    {
        var queue = Models.Empty().AddQueue("queue").WithDataVolume(isReadOnly: false);

        IResourceBuilder<IResourceWithConnectionString> connection = queue;
        IResourceBuilder<ContainerResource> container = queue;
        IResourceBuilder<IResource> any = queue;
        new IResource[] { connection.Resource, container.Resource, any.Resource }.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void AnnotationsOfOnesOwnAreFoundAndReplaced()
    {
        var queue = Models.Empty().AddQueue("queue")
            .WithAnnotation<ColourAnnotation>()
            .WithAnnotation(new ColourAnnotation { Colour = "blue" }, ResourceAnnotationMutationBehavior.Replace);
        var topic = queue.AddTopic("orders");

        queue.Resource.TryGetLastAnnotation<ColourAnnotation>(out var colour).ShouldBeTrue();
        colour.Colour.ShouldBe("blue");
        topic.Resource.HasAnnotationOfType<ColourAnnotation>().ShouldBeFalse();
        topic.Resource.HasAnnotationIncludingAncestorsOfType<ColourAnnotation>().ShouldBeTrue();
        topic.Resource.TryGetAnnotationsIncludingAncestorsOfType<ColourAnnotation>(out var all).ShouldBeTrue();
        all.ShouldHaveSingleItem().ShouldBe(colour);
    }

    [Fact]
    public void AnnotationsHavePositions()
    {
        var annotations = new ClockResource("clock").Annotations;
        ColourAnnotation first = new(), second = new(), third = new();
        annotations.Add(second);
        annotations.Insert(0, first);
        annotations[1] = third;

        annotations.IndexOf(third).ShouldBe(1);
        annotations.IndexOf(second).ShouldBe(-1);
        annotations.RemoveAt(0);
        annotations.ShouldBe([third]);
    }

    [Fact]
    public void ABuilderIsMadeOfAResourceOrOfItsName()
    {
        var builder = Models.Empty();
        var queue = builder.AddQueue("queue");

        builder.CreateResourceBuilder(queue.Resource).WithEnvironment("A", "1").Resource.ShouldBe(queue.Resource);
        builder.CreateResourceBuilder<QueueResource>("queue").Resource.ShouldBe(queue.Resource);
        builder.TryCreateResourceBuilder<ProjectResource>("queue", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task HandlersOfEventsAreLambdasWithoutTypes()
    {
        List<string> heard = [];
        var builder = Models.Empty();
        var queue = builder.AddQueue("queue")
            .OnBeforeResourceStarted((r, e, ct) => Hear($"before {r.Name}"))
            .OnConnectionStringAvailable((r, e, ct) => Hear($"string {r.Name}"))
            .OnResourceEndpointsAllocated((r, e, ct) => Hear($"endpoints {r.Name}"))
            .OnResourceReady((r, e, ct) => Hear($"ready {r.PrimaryEndpoint.EndpointName}"))
            .OnResourceStopped((r, e, ct) => Hear($"stopped {e.ResourceEvent.ResourceId}"))
            .OnInitializeResource(async (r, e, ct) => await e.Notifications.PublishUpdateAsync(r, s => s with { State = KnownResourceStates.Running }));
        var subscription = builder.Eventing.Subscribe<BeforeStartEvent>((e, ct) => Hear("start"));
        builder.Eventing.Unsubscribe(subscription);
        await using var app = builder.Build();

        await builder.Eventing.PublishAsync(new ResourceReadyEvent(queue.Resource, app.Services), TestContext.Current.CancellationToken);
        await builder.Eventing.PublishAsync(new BeforeResourceStartedEvent(queue.Resource, app.Services), EventDispatchBehavior.BlockingConcurrent, TestContext.Current.CancellationToken);
        await builder.Eventing.PublishAsync(new BeforeStartEvent(app.Services, app.Services.GetRequiredService<DistributedApplicationModel>()), TestContext.Current.CancellationToken);

        heard.ShouldContain("ready queue");
        heard.ShouldContain("before queue");
        heard.ShouldNotContain("start");

        Task Hear(string what)
        {
            heard.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void ASubscriberIsRegisteredOnce()
    {
        var builder = Models.Empty();
        builder.Services.TryAddEventingSubscriber<Subscriber>();
        builder.Services.TryAddEventingSubscriber<Subscriber>();

        builder.Services.Count(s => s.ServiceType == typeof(IDistributedApplicationEventingSubscriber) && s.ImplementationType == typeof(Subscriber)).ShouldBe(1);
    }

    [Fact]
    public async Task AResourceWritesItselfToTheManifest()
    {
        var clock = Models.Empty().AddResource(new ClockResource("clock"))
            .WithManifestPublishingCallback(context => { context.Writer.WriteString("type", "clock.v0"); });

        (await Manifest(clock.Resource)).ShouldBe("""{"type":"clock.v0"}""");
    }

    [Fact]
    public async Task AContainerIsPublishedAsAConnectionStringThatIsAskedFor()
    {
        var queue = Models.Empty().AddQueue("queue").PublishAsConnectionString();

        (await Manifest(queue.Resource)).ShouldBe(
            """{"type":"parameter.v0","connectionString":"{queue.value}","value":"{queue.inputs.value}","inputs":{"value":{"type":"string","secret":true}}}""");
    }

    [Fact]
    public async Task AContainerIsPublishedAsOneAgain()
    {
        var box = Models.Empty().AddContainer("box", "box").ExcludeFromManifest().PublishAsContainer();

        (await Manifest(box.Resource)).ShouldBe("""{"type":"container.v0","image":"box:latest"}""");
    }

    [Fact]
    public void ACustomResourceHasAFirstState()
    {
        var clock = Models.Empty().AddResource(new ClockResource("clock")).WithInitialState(new()
        {
            ResourceType = "Clock",
            CreationTimeStamp = DateTime.UnixEpoch,
            State = new ResourceStateSnapshot("Ticking", KnownResourceStateStyles.Success),
            Properties = [new(CustomResourceKnownProperties.Source, "wall"), new("secret", "x") { IsSensitive = true }],
            Urls = [new("home", "https://clock.example", IsInternal: false)],
        });

        clock.Resource.TryGetLastAnnotation<ResourceSnapshotAnnotation>(out var first).ShouldBeTrue();
        first.InitialSnapshot.State.ShouldBe(new ResourceStateSnapshot("Ticking", "success"));
        (first.InitialSnapshot with { State = "Late" }).State!.Text.ShouldBe("Late");
    }

    [Fact]
    public async Task AnExpressionIsBuiltInPieces()
    {
        var builder = Models.Empty();
        var user = builder.AddParameter("user", "a b");
        ReferenceExpressionBuilder pieces = new();
        pieces.Append($"user={user:uri}");
        pieces.AppendLiteral(";port=");
        pieces.AppendFormatted("80");
        var whole = pieces.Build();

        (await whole.GetValueAsync(TestContext.Current.CancellationToken)).ShouldBe("user=a%20b;port=80");
        builder.AddConnectionString("made", b => b.Append($"{whole};x=1")).Resource.ConnectionStringExpression.ValueProviders.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("http", "plain")]
    [InlineData("https", "encrypted")]
    public async Task AValueDependsOnEncryption(string scheme, string value)
    {
        var endpoint = Models.Empty().AddContainer("box", "box").WithEndpoint(targetPort: 80, scheme: scheme, name: "web").GetEndpoint("web");
        endpoint.EndpointAnnotation.AllocatedEndpoint = new AllocatedEndpoint(endpoint.EndpointAnnotation, "localhost", 1234);

        (await endpoint.GetTlsValue(ReferenceExpression.Create($"encrypted"), ReferenceExpression.Create($"plain")).GetValueAsync(TestContext.Current.CancellationToken)).ShouldBe(value);
    }

    [Fact]
    public void AMissingEndpointIsExplainedByItsReference()
    {
        EndpointReference endpoint = new(new ClockResource("clock"), "web") { ErrorMessage = "The clock needs WithFace()." };

        Should.Throw<InvalidOperationException>(() => endpoint.EndpointAnnotation).Message.ShouldBe("The clock needs WithFace().");
    }

    [Theory]
    [InlineData("localhost", true, false, false)]
    [InlineData("site.localhost", false, true, false)]
    [InlineData("site.dev.LOCALHOST", false, true, true)]
    [InlineData("127.0.0.1", false, false, false)]
    [InlineData(null, false, false, false)]
    public void NamesOfThisMachineAreTold(string? host, bool localhost, bool below, bool dev)
    {
        EndpointHostHelpers.IsLocalhost(host).ShouldBe(localhost);
        EndpointHostHelpers.IsLocalhostTld(host).ShouldBe(below);
        EndpointHostHelpers.IsDevLocalhostTld(host).ShouldBe(dev);
        EndpointHostHelpers.IsLocalhostOrLocalhostTld(host is null ? null : new Uri($"http://{host}:80")).ShouldBe(localhost || below);
    }

    [Fact]
    public void ResourcesOfAModelAreFoundByType()
    {
        var builder = Models.Empty();
        builder.AddSite();
        builder.AddExecutable("tool", "tool", ".");
        builder.AddQueue("queue");
        DistributedApplicationModel model = new(builder.Resources);

        model.GetExecutableResources().ShouldHaveSingleItem().Name.ShouldBe("tool");
        model.GetProjectResources().ShouldHaveSingleItem().Name.ShouldBe("site");
        model.GetContainerResources().ShouldHaveSingleItem().Name.ShouldBe("queue");
    }

    [Fact]
    public void AResourceOfOnesOwnTakesEveryInterface()
    {
        var builder = Models.Empty();
        var clock = builder.AddResource(new ClockResource("clock")).WithHttpEndpoint(targetPort: 80).WithArgs("tick").WithEnvironment("A", "1").WithParentRelationship(builder.AddQueue("queue"));
        var site = builder.AddSite().WithReference(clock).WithReferenceRelationship(clock).WithIconName("Clock").WithOtlpExporter(OtlpProtocol.HttpProtobuf);

        site.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().ShouldContain(r => r.Resource == clock.Resource && r.Type == "Reference");
    }

    private static async Task<string> Manifest(IResource resource)
    {
        using var stream = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var manifest).ShouldBeTrue();
            await manifest.Callback!(new ManifestPublishingContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), Path.Combine(Path.GetTempPath(), "manifest.json"), writer, TestContext.Current.CancellationToken));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class Subscriber : IDistributedApplicationEventingSubscriber
    {
        public Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
        {
            eventing.Subscribe<BeforeStartEvent>((e, ct) => Task.CompletedTask);
            return Task.CompletedTask;
        }
    }
}
