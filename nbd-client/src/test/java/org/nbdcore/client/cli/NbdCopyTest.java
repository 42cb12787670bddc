package org.nbdcore.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.ScriptedServer;

@Timeout(60)
final class NbdCopyTest {

  @TempDir private Path folder;
  private String out;
  private String err;

  private int run(boolean terminal, String... args) {
    RanCommand ran =
        RanCommand.of((standard, error) -> NbdCopy.run(args, standard, error, terminal));
    out = ran.out();
    err = ran.err();
    return ran.status();
  }

  private static MemoryExport export(int size) {
    MemoryExport export = new MemoryExport(size);
    new Random(5).nextBytes(export.disk);
    return export;
  }

  @Test
  void anExportIsCopiedIntoAFileWithoutOutput() throws Exception {
    MemoryExport export = export(1_000_003);
    Path file = folder.resolve("disk.img");
    Files.write(file, new byte[2_000_000]);
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run(false, server.uri().toString(), file.toString())).as(err).isZero();
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(export.disk);
    assertThat(out + err).isEmpty();
  }

  @Test
  void aFileIsCopiedIntoAnExportWithAProgressBarOnATerminal() throws Exception {
    MemoryExport source = export(1 << 20);
    MemoryExport export = new MemoryExport(2 << 20);
    Path file = folder.resolve("disk.img");
    Files.write(file, source.disk);
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run(true, "--flush", file.toString(), server.uri().toString())).as(err).isZero();
    }
    assertThat(export.disk).startsWith(source.disk);
    assertThat(err).contains("\r100% [" + "#".repeat(40) + "]").endsWith("\n");
  }

  /** "größe.img" in Latin-1, as the words of a command line have it. */
  private static final String LATIN1 = "gr\udcf6\udcdfe.img";

  @Test
  void filesMayHaveNamesOfAnyBytes() throws Exception {
    MemoryExport export = export(1_000_003);
    Path file = Path.of(URI.create(folder.toUri() + "gr%F6%DFe.img"));
    String name = folder.toRealPath() + "/" + LATIN1;
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run(false, server.uri().toString(), name)).as(err).isZero();
      assertThat(Files.readAllBytes(file)).isEqualTo(export.disk);
      assertThat(run(false, name, name)).isOne();
      assertThat(err).contains("are the same file");
      Files.write(file, new byte[512]);
      assertThat(run(false, name, server.uri().toString())).as(err).isZero();
    }
    assertThat(export.disk).startsWith(new byte[512]);
    assertThat(run(false, name + "x", "null:")).isOne();
    assertThat(err).endsWith(": no such file or directory\n");
  }

  @Test
  void aCopyThatEndsWithAHoleHasTheFullSize() throws Exception {
    MemoryExport export = new MemoryExport(1 << 20);
    export.disk[5] = 1;
    Path file = folder.resolve("disk.img");
    Files.write(file, export(2 << 20).disk);
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run(false, server.uri().toString(), file.toString())).as(err).isZero();
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(export.disk);
  }

  @Test
  void progressForAFileDescriptorIsPrintedAsNumbers() throws Exception {
    Path file = folder.resolve("disk.img");
    Files.write(file, export(1 << 20).disk);
    ByteArrayOutputStream numbers = new ByteArrayOutputStream();
    ProgressBar bar = new ProgressBar(new PrintStream(numbers), true);
    bar.advanced(0, 1000);
    bar.advanced(5, 1000);
    bar.advanced(10, 1000);
    bar.advanced(1000, 1000);
    bar.end();
    assertThat(numbers.toString()).isEqualTo("0/100\n1/100\n100/100\n");
    assertThat(run(false, "--progress=x", file.toString(), "null:")).isEqualTo(1);
    assertThat(err).contains("must be the number of an open file descriptor, not x");
  }

  @Test
  void verbosePrintsStatistics() throws Exception {
    try (ScriptedServer server = new ScriptedServer(export(1 << 20))) {
      String[] args = {"-v", "-C", "3", "--requests=2", server.uri().toString(), "null:"};
      assertThat(run(false, args)).as(err).isZero();
      assertThat(err)
          .contains("1048576 bytes in ")
          .contains("requests in flight: 4 of 262144 bytes; connections: 3 to 1");
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "| a source and a destination are needed, not 0",
        "a | not 1 operands",
        "a b c | not 3 operands",
        "--foo a b | unknown option --foo",
        "-S 3 a b | power of two of 512 or more, not 3",
        "--request-size=33M a b | --request-size must be between 1 and 33554432, not 33M",
        "--request-size=x a b | --request-size must be between 1 and 33554432, not x",
        "-C 0 a b | -C must be between 1 and 1024, not 0",
        "/does/not/exist null: | source /does/not/exist: no such file or directory",
        "nbd://h/?a=1 null: | unknown parameter \"a\"",
      })
  void errorsAreReportedInOneLineWithStatusOne(String line, String text) {
    assertThat(run(false, line == null ? new String[0] : line.split(" "))).isEqualTo(1);
    assertThat(out).isEmpty();
    assertThat(err).startsWith("nbd-copy: ").contains(text).hasLineCount(1);
  }

  @Test
  void aFileIsNotCopiedOntoItself() throws Exception {
    Path file = folder.resolve("disk.img");
    Files.write(file, new byte[] {1, 2, 3});
    Path again = folder.resolve(".").resolve("disk.img");
    assertThat(run(false, file.toString(), again.toString())).isEqualTo(1);
    assertThat(err).contains("are the same file");
    assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 3);
  }

  @Test
  void helpAndVersionNeedNoOperands() {
    assertThat(run(true, "--help")).isZero();
    assertThat(out).contains("--destination-is-zero").contains("null:");
    assertThat(run(true, "--version")).isZero();
    assertThat(out).startsWith("nbd-copy ");
    assertThat(err).isEmpty();
  }
}
