using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace WebSite.Data.Migrations;

/// <summary>Changes and deletions of messages, for open pages to follow. A version that does not know them goes on beside it.</summary>
[DbContext(typeof(BoardContext))]
[Migration("20261128223000_MessageChanges")]
internal sealed class MessageChanges : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Changes",
            table => new
            {
                Id = table.Column<long>(nullable: false)
                    .Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                MessageId = table.Column<long>(nullable: false),
                At = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_Changes", c => c.Id));
        migrationBuilder.CreateIndex("IX_Changes_At", "Changes", "At");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("Changes");
}
