using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Tests.Web.Components;

public sealed class StackGraphTests
{
    [Fact]
    public void Gateway_is_left_of_its_replicas_and_those_are_left_of_what_they_need()
    {
        var graph = StackGraph.Of(
        [
            Sample.Site(3) with { Gateway = "nginx", Relationships = [new("redis", "Reference"), new("redis", "WaitFor"), new("api-key", "Reference")] },
            Sample.Nginx() with { Relationships = [new("site", "WaitFor")] },
            Sample.Resource("redis", "Container", Sample.Replica("redis", 6379)),
        ]);

        var x = graph.Boxes.ToDictionary(b => b.Name, b => b.X);
        x["nginx"].ShouldBeLessThan(x["site"]);
        x["site"].ShouldBeLessThan(x["redis"]);
        x["api-key"].ShouldBe(x["redis"]);
        graph.Boxes.Single(b => b.Name == "api-key").IsKnown.ShouldBeFalse();
        graph.Lines.Select(l => l.Text).ShouldBe(
        [
            "nginx: requests to site-8001: None", "nginx: requests to site-8002: None", "nginx: requests to site-8003: None", "site refers to, waits for redis", "site refers to api-key",
        ]);
    }

    [Fact]
    public void Traffic_and_state_are_on_lines_and_boxes()
    {
        var site = Sample.Site(
            Sample.Replica("site-8001", 8001) with { Traffic = "In" }, Sample.Replica("site-8002", 8002) with { Traffic = "Draining" },
            Sample.Replica("site-8003", 8003, health: "NotReady") with { Traffic = "Out" }, Sample.Replica("site-8004", 8004, "Fatal", "Unknown") with { Traffic = "Out" });

        var graph = StackGraph.Of([site with { Gateway = "nginx" }, Sample.Nginx()]);

        graph.Lines.Select(l => l.Kind).ShouldBe(["in", "draining", "out", "out"]);
        var box = graph.Boxes.Single(b => b.Name == "site");
        (box.Tone, box.State).ShouldBe((Tone.Warn, "2 of 4 ready"));
        box.Rows.Select(r => (r.Name, r.Tone, r.State)).ShouldBe(
            [("site-8001", Tone.Good, "Ready"), ("site-8002", Tone.Good, "Ready"), ("site-8003", Tone.Warn, "Not ready"), ("site-8004", Tone.Bad, "Fatal")]);
    }

    [Fact]
    public void Nothing_overlaps_and_all_is_inside_also_with_many_replicas_and_resources_in_a_circle()
    {
        var resources = Enumerable.Range(1, 5).Select(i => Sample.Resource($"r{i}", "Container", Sample.Replica($"r{i}", i)) with { Relationships = [new($"r{i % 5 + 1}", "Reference")] })
            .Append(Sample.Site(16) with { Gateway = "nginx", Relationships = [new("r1", "Reference")] }).Append(Sample.Nginx())
            .Append(Sample.Resource("alone", "Executable", Sample.Replica("alone", 99))).Append(Sample.Resource("none", "Project")).ToList();

        var graph = StackGraph.Of(resources);

        graph.Boxes.Select(b => b.Name).ShouldBe(resources.Select(r => r.Name), ignoreOrder: true);
        foreach (var box in graph.Boxes)
        {
            box.X.ShouldBeInRange(0, graph.Width - StackGraph.BoxWidth, box.Name);
            box.Y.ShouldBeInRange(0, graph.Height - box.Height, box.Name);
            box.Rows.ShouldAllBe(r => r.Y > box.Y && r.Y + StackGraph.RowHeight <= box.Y + box.Height);
            graph.Boxes.Where(other => other != box && other.X == box.X).ShouldAllBe(other => other.Y >= box.Y + box.Height || other.Y + other.Height <= box.Y);
        }

        graph.Boxes.Single(b => b.Name == "site").Rows.Select(r => r.Name).ShouldBe(Enumerable.Range(8001, 16).Select(port => $"site-{port}"));
    }

    [Fact]
    public void Nothing_gives_an_empty_picture() => StackGraph.Of([]).Boxes.ShouldBeEmpty();
}
