package org.nbdcore.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.client.fake.Bytes;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.TransmissionFlags;

/** The expected texts are what nbdinfo 1.14 prints. */
@Timeout(60)
final class NbdInfoTest {

  private String out;
  private String err;

  private int run(String... args) {
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    int status =
        NbdInfo.run(
            args,
            new PrintStream(outBytes, false, StandardCharsets.UTF_8),
            new PrintStream(errBytes, false, StandardCharsets.UTF_8));
    out = outBytes.toString(StandardCharsets.UTF_8);
    err = errBytes.toString(StandardCharsets.UTF_8);
    return status;
  }

  private static MemoryExport export() {
    MemoryExport export = new MemoryExport(1 << 20);
    export.name = "a \"b\"";
    export.description = "my disk";
    export.blockSizes = new int[] {1, 4096, 33554432};
    export.flags |= TransmissionFlags.ROTATIONAL;
    Arrays.fill(export.disk, 65536, 65536 + 6144, (byte) 1);
    return export;
  }

  @Test
  void anExportIsDescribedAsByNbdinfo() throws Exception {
    try (ScriptedServer server = new ScriptedServer(export())) {
      String uri = server.uri().withExportName("a \"b\"").toString();
      assertThat(run(uri)).as(err).isZero();
      assertThat(out)
          .isEqualTo(
              """
              protocol: newstyle-fixed without TLS, using structured packets
              export="a \\"b\\"":
              	description: my disk
              	export-size: 1048576 (1M)
              	uri: URI
              	contexts:
              		base:allocation
              	is_rotational: true
              	is_read_only: false
              	can_cache: true
              	can_df: true
              	can_fast_zero: true
              	can_flush: true
              	can_fua: true
              	can_multi_conn: true
              	can_trim: true
              	can_zero: true
              	block_size_minimum: 1
              	block_size_preferred: 4096
              	block_size_maximum: 33554432
              """
                  .replace("URI", uri));
      assertThat(uri).endsWith("/a%20%22b%22");
    }
  }

  @Test
  void jsonHasTheKeysAndTheOrderOfNbdinfo() throws Exception {
    MemoryExport export = export();
    export.structured = false;
    export.listsContexts = false;
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run("--list", "--json", server.uri().toString())).as(err).isZero();
      assertThat(out)
          .isEqualTo(
              """
              {
              "protocol": "newstyle-fixed",
              "TLS": false,
              "structured": false,
              "exports": [
              	{
              	"export-name": "a \\"b\\"",
              	"description": "my disk",
              	"uri": "URI",
              	"is_rotational": true,
              	"is_read_only": false,
              	"can_cache": true,
              	"can_df": false,
              	"can_fast_zero": true,
              	"can_flush": true,
              	"can_fua": true,
              	"can_multi_conn": true,
              	"can_trim": true,
              	"can_zero": true,
              	"block_size_minimum": 1,
              	"block_size_preferred": 4096,
              	"block_size_maximum": 33554432,
              	"export-size": 1048576,
              	"export-size-str": "1M"
              	} ]
              }
              """
                  .replace("URI", server.uri().withExportName("a \"b\"").toString()));
    }
  }

  @Test
  void contextsAreListedInJson() throws Exception {
    MemoryExport export = new MemoryExport(10);
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run("--json", server.uri().toString())).as(err).isZero();
      assertThat(out).contains("\t\"contexts\": [\n\t\t\"base:allocation\"\n\t],\n");
    }
  }

  @Test
  void theExportsOfServersWithoutInfoAreOpened() throws Exception {
    MemoryExport export = new MemoryExport(1000);
    export.go = false;
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run(server.uri().toString())).as(err).isZero();
      assertThat(out).contains("\texport-size: 1000\n");
    }
  }

  @Test
  void sizePrintsOnlyANumber() throws Exception {
    try (ScriptedServer server = new ScriptedServer(new MemoryExport(12345))) {
      assertThat(run("--size", server.uri().toString())).as(err).isZero();
      assertThat(out).isEqualTo("12345" + System.lineSeparator());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--map |          0       65536    3  hole,zero!     65536        6144    0  data!"
            + "     71680      976896    3  hole,zero!",
        "--map --json | [!{ \"offset\": 0, \"length\": 65536, \"type\": 3, \"description\":"
            + " \"hole,zero\"},!{ \"offset\": 65536, \"length\": 6144, \"type\": 0,"
            + " \"description\": \"data\"},!{ \"offset\": 71680, \"length\": 976896, \"type\": 3,"
            + " \"description\": \"hole,zero\"}!]!",
        "--map --totals |       6144   0.6%   0 data!   1042432  99.4%   3 hole,zero!",
        "--map --totals --json | [!{ \"size\": 6144, \"percent\": 0.585938, \"type\": 0,"
            + " \"description\": \"data\" },!{ \"size\": 1042432, \"percent\": 99.4141, \"type\":"
            + " 3, \"description\": \"hole,zero\" }!]!",
      })
  void mapsAreFormattedAsByNbdinfo(String options, String expected) throws Exception {
    MemoryExport export = export();
    export.name = "";
    try (ScriptedServer server = new ScriptedServer(export)) {
      String[] args = (options + " " + server.uri()).split(" ");
      assertThat(run(args)).as(err).isZero();
      // CsvSource strips blanks before the first line.
      assertThat(out.strip()).isEqualTo(expected.replace('!', '\n').strip());
      assertThat(out).endsWith("\n");
    }
  }

  @Test
  void mapsOfContextsThatTheServerLacksAreAnError() throws Exception {
    try (ScriptedServer server = new ScriptedServer(new MemoryExport(10))) {
      assertThat(run("--map=qemu:x", server.uri().toString())).isEqualTo(1);
      assertThat(out).isEmpty();
      assertThat(err)
          .isEqualTo(
              "nbd-info: --map: the server does not support the meta context \"qemu:x\""
                  + System.lineSeparator());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--can, trim, 0",
    "--can, write, 0",
    "--can, connect, 0",
    "--can, structured-reply, 0",
    "--can, flush, 2",
    "--can, df, 2",
    "--is, read-only, 2",
    "--is, tls, 2",
    "--is, rotational, 2",
  })
  void propertiesAreReportedByTheExitStatus(String option, String property, int status)
      throws Exception {
    MemoryExport export = new MemoryExport(10);
    export.flags = TransmissionFlags.HAS_FLAGS | TransmissionFlags.SEND_TRIM;
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run(option, property, server.uri().toString())).isEqualTo(status);
      assertThat(out + err).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "| exactly one URI is required, not 0",
        "a b | exactly one URI is required, not 2",
        "--foo x | unknown option --foo",
        "disk | must begin with nbd://",
        "--can x nbd://h | --can must be one of cache connect",
        "--is | --is needs a value",
        "--json=1 nbd://h | --json takes no value, not \"1\"",
        "--size --list nbd://h | exclude each other",
        "--totals nbd://h | --totals needs --map",
        "nbd+unix:///?socket=/does/not/exist | cannot connect to nbd+unix://?socket=/does/not/exist",
      })
  void errorsAreReportedInOneLineWithStatusOne(String line, String text) {
    assertThat(run(line == null ? new String[0] : line.split(" "))).isEqualTo(1);
    assertThat(out).isEmpty();
    assertThat(err).startsWith("nbd-info: ").contains(text).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({"--json", "--list", "--map", "--size"})
  void onlyAnErrorIsPrintedIfTheServerRequiresTls(String option) throws Exception {
    MemoryExport export = export();
    export.tlsRequired = true;
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run(option, server.uri().toString())).isEqualTo(1);
      assertThat(out).isEmpty();
      assertThat(err).contains("the server requires TLS").hasLineCount(1);
    }
  }

  @Test
  void helpAndVersionNeedNoServer() {
    assertThat(run("--help")).isZero();
    assertThat(out).contains("--map").contains("--can");
    assertThat(run("-V")).isZero();
    assertThat(out).startsWith("nbd-info ");
  }

  @Test
  void controlCharactersOfTheServerAreNotPrinted() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.greet();
          peer.ack(peer.readOption().option());
          peer.ack(peer.readOption().option());
          assertThat(peer.readOption().option()).isEqualTo(Option.INFO);
          peer.infoExport(Option.INFO, 10, 1);
          byte[] evil = new Bytes().u16(2).text("\u001b[31mred\u009b").get();
          peer.reply(Option.INFO, OptionReply.INFO, evil);
          byte[] name = new Bytes().u16(1).text("\u001b]0;x\u0007").get();
          peer.reply(Option.INFO, OptionReply.INFO, name);
          peer.ack(Option.INFO);
          peer.in.read();
        };
    try (ScriptedServer server = new ScriptedServer(script)) {
      assertThat(run(server.uri().toString())).as(err).isZero();
      assertThat(out).contains("\tdescription: \ufffd[31mred\ufffd\n");
      assertThat(out.replace("\n", "").replace("\t", "")).doesNotContainPattern("\\p{Cntrl}");
    }
  }
}
