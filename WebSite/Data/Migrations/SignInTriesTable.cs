using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WebSite.Data.Migrations;

/// <summary>Counts tries to sign in.</summary>
[DbContext(typeof(BoardContext))]
[Migration("20261128220000_SignInTries")]
internal sealed class SignInTriesTable : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "SignInTries",
            table => new
            {
                Name = table.Column<string>(nullable: false),
                Count = table.Column<int>(nullable: false),
                FreeAt = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_SignInTries", t => t.Name));
        migrationBuilder.CreateIndex("IX_SignInTries_FreeAt", "SignInTries", "FreeAt");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("SignInTries");
}
