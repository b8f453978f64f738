using Aspire.Hosting;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Supervision.Commands;

namespace Hosting.Tests.Publishing.Output;

public sealed class EnvFileTextTests
{
    public static TheoryData<string> Possible => ["", "plain", "with spaces", "a$b", "100%", "#no comment", "semi;colon", "a=b=c", "{x}", "é", "\"quoted\"", "`tick`", "it's", "a ' b", new string('x', 4096)];

    [Theory]
    [MemberData(nameof(Possible))]
    public void What_is_written_is_read_again(string value)
    {
        foreach (var dialect in Enum.GetValues<EnvDialect>())
        {
            var line = EnvFileText.Line("NAME", value, dialect);

            EnvFileText.NameOf(line).ShouldBe("NAME");
            EnvFileText.ValueOf(line, dialect).ShouldBe(value);
        }
    }

    [Theory]
    [MemberData(nameof(Possible))]
    [Trait("kind", "process")]
    public async Task A_shell_reads_what_was_written(string value)
    {
        var result = await new CommandRunner(TimeProvider.System).RunAsync(
            "/bin/sh", ["-c", $"{EnvFileText.Line("NAME", value, EnvDialect.Quoted)}\nprintf '%s|' \"$NAME\""], TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        result.Output.ShouldBe($"{value}|");
    }

    [Theory]
    [InlineData("two\nlines", "The value of 'NAME' has more than one line, or a NUL in it, which no file of variables can hold. Use a file, or another form of the value.")]
    [InlineData("a\\b", "The value of 'NAME' has a backslash in it: the shell, systemd and Compose read that differently. Choose a value without.")]
    [InlineData("'$", "The value of 'NAME' has a single quote beside \", $ or ` in it: the shell, systemd and Compose read that differently. Choose a value without.")]
    public void What_is_read_differently_is_refused(string value, string message)
        => Should.Throw<DistributedApplicationException>(() => EnvFileText.Line("NAME", value, EnvDialect.Quoted)).Message.ShouldBe(message);

    [Fact]
    public void Kustomize_takes_all_but_further_lines()
    {
        EnvFileText.Line("NAME", "'a\\b\"$", EnvDialect.Raw).ShouldBe("NAME='a\\b\"$");
        Should.Throw<DistributedApplicationException>(() => EnvFileText.Line("NAME", "a\rb", EnvDialect.Raw));
    }

    [Theory]
    [InlineData("# NAME=x")]
    [InlineData("   ")]
    [InlineData("=x")]
    public void Lines_without_a_name_have_none(string line) => EnvFileText.NameOf(line).ShouldBeNull();
}
