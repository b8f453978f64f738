using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Api;

/// <summary>What the routes of single rows, logs and spans, do alike: follow, or answer with what there is.</summary>
internal static class RowsApi
{
    /// <summary>Rows of an answer unless <c>limit</c> says otherwise.</summary>
    public const int DefaultLimit = 200;

    public static async Task<IResult> AnswerAsync(ApiQuery query, LogQueries queries, Func<Stream, Task> follow, Func<Task<IResult>> find) =>
        query.Flag("follow") == true ? ApiReply.Lines(follow)
            : ApiReply.Unknown(query.Resources, queries) is { } unknown ? unknown
            : await find();
}
