namespace EndToEnd;

/// <summary>The same in production, with a token for those who only read.</summary>
public sealed class ProductionStack : RunningStack
{
    public const string ViewerToken = "the-token-for-the-wall";

    public ProductionStack()
    {
        Environment["DOTNET_ENVIRONMENT"] = "Production";
        Environment["ASPIRE_DASHBOARD_FRONTEND_VIEWERTOKEN"] = ViewerToken;
    }

    protected override bool TakesTurn => false;
}
