using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace WebSite.Data.Migrations;

/// <summary>Members, messages and leases. One set of migrations serves both databases: no column names a type, each provider takes its own for the .NET type.</summary>
[DbContext(typeof(BoardContext))]
[Migration("20261128190000_FirstTables")]
internal sealed class FirstTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Members",
            table => new
            {
                Id = table.Column<long>(nullable: false)
                    .Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Name = table.Column<string>(nullable: false),
                FoldedName = table.Column<string>(nullable: false),
                PasswordHash = table.Column<string>(nullable: false),
                JoinedAt = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_Members", m => m.Id));
        migrationBuilder.CreateIndex("IX_Members_FoldedName", "Members", "FoldedName", unique: true);

        migrationBuilder.CreateTable(
            "Messages",
            table => new
            {
                // Ids that were deleted must not come again: readers go on from the last one that they saw.
                Id = table.Column<long>(nullable: false)
                    .Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                MemberId = table.Column<long>(nullable: false),
                Author = table.Column<string>(nullable: false),
                Text = table.Column<string>(nullable: false),
                Folded = table.Column<string>(nullable: false),
                Fingerprint = table.Column<string>(nullable: false),
                PostedAt = table.Column<long>(nullable: false),
                EditedAt = table.Column<long>(nullable: true),
                TakenBy = table.Column<string>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Messages", m => m.Id);
                table.ForeignKey("FK_Messages_Members_MemberId", m => m.MemberId, "Members", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_Messages_Fingerprint", "Messages", "Fingerprint", unique: true);
        migrationBuilder.CreateIndex("IX_Messages_MemberId", "Messages", "MemberId");
        migrationBuilder.CreateIndex("IX_Messages_PostedAt", "Messages", "PostedAt");

        migrationBuilder.CreateTable(
            "Leases",
            table => new
            {
                Name = table.Column<string>(nullable: false),
                Holder = table.Column<string>(nullable: false),
                ExpiresAt = table.Column<long>(nullable: false),
                Version = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_Leases", l => l.Name));
        migrationBuilder.Sql("""INSERT INTO "Leases" ("Name", "Holder", "ExpiresAt", "Version") VALUES ('clean-up', '', 0, 0)""");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("Messages");
        migrationBuilder.DropTable("Members");
        migrationBuilder.DropTable("Leases");
    }
}
