package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The example that keeps a disk in PostgreSQL, with real clients and real crashes. */
@Tag("heavy")
class PostgresqlIT {

  private static Postgres postgres;

  @RegisterExtension final Sandbox box = new Sandbox();

  @BeforeAll
  static void start() throws Exception {
    postgres = new Postgres();
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  private Server serve(String table, String size) throws Exception {
    Path jar =
        Distribution.repository(
            "examples/postgresql-plugin/target/nbd-example-postgresql-plugin-"
                + Distribution.VERSION
                + ".jar");
    return box.serve(jar.toString(), postgres.url(), "size=" + size, "table=" + table, "user=nbd");
  }

  private Path disk(int size, long seed) throws Exception {
    byte[] contents = new byte[size];
    new Random(seed).nextBytes(contents);
    Arrays.fill(contents, size / 4, size / 2, (byte) 0);
    return Files.write(box.file("disk" + seed), contents);
  }

  @Test
  void nbdcopyWritesADiskAndReadsTheSame() throws Exception {
    Path source = disk(8 << 20, 1);
    Server server = serve("copied", "8M");
    box.run(Client.NBDCOPY, "--flush", source.toString(), server.uri()).succeeded();
    assertThat(box.run(Client.NBDINFO, "--map", server.uri()).succeeded().out())
        .as("the zeroes have no rows")
        .contains("hole,zero");
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(copy).hasSameBinaryContentAs(source);
    assertThat(server.stop().err()).isEmpty();
  }

  @Test
  void fioVerifiesWhatItWrites() throws Exception {
    Server server = serve("verified", "8M");
    Ran ran =
        box.run(
                Client.FIO,
                Fio.job(
                    server.uri(),
                    "--bsrange=4k-128k",
                    "--blockalign=4k",
                    "--iodepth=8",
                    "--size=8m",
                    "--io_size=4m",
                    "--randrepeat=1"))
            .succeeded();
    assertThat(ran.out()).contains("err= 0").doesNotContain("err=84");
    assertThat(server.stop().err()).isEmpty();
  }

  @Test
  void flushedDataSurvivesAKillOfTheServer() throws Exception {
    Path source = disk(2 << 20, 2);
    Server server = serve("killed", "2M");
    box.run(Client.NBDCOPY, "--flush", source.toString(), server.uri()).succeeded();
    kill(server);
    assertReads(serve("killed", "2M"), source);
  }

  @Test
  void flushedAndFuaDataSurvivesADatabaseCrashAndLostWritesAreReported() throws Exception {
    Path source = disk(2 << 20, 3);
    Server server = serve("crashed", "2M");
    box.run(Client.NBDCOPY, "--flush", source.toString(), server.uri()).succeeded();
    box.nbdsh(server, "h.pwrite(b'f' * 4096, 4096, nbd.CMD_FLAG_FUA)").succeeded();
    String script =
        """
        import subprocess
        h.pwrite(b'u' * 4096, 8192)
        subprocess.run(%s, check=True, stdout=subprocess.DEVNULL)
        try:
            h.flush()
            print('flushed')
        except nbd.Error as e:
            print(e.errno)
        """;
    Ran ran;
    try {
      ran = box.nbdsh(server, script.formatted(python(postgres.crashCommand())));
    } finally {
      postgres.start();
    }
    assertThat(ran.succeeded().line()).isEqualTo("EIO");
    server.stop();

    byte[] expected = Files.readAllBytes(source);
    Arrays.fill(expected, 4096, 8192, (byte) 'f');
    Path copy = box.file("copy");
    Server again = serve("crashed", "2M");
    box.run(Client.NBDCOPY, again.uri(), copy.toString()).succeeded();
    again.stop();
    byte[] actual = Files.readAllBytes(copy);
    // The write without a flush may be there or not.
    System.arraycopy(actual, 8192, expected, 8192, 4096);
    assertThat(actual).isEqualTo(expected);
  }

  private static String python(List<String> words) {
    return words.stream().map(word -> "'" + word + "'").toList().toString();
  }

  private void kill(Server server) throws Exception {
    ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
    process.destroyForcibly();
    process.onExit().get();
    Files.deleteIfExists(server.socket());
  }

  private void assertReads(Server server, Path expected) throws Exception {
    Path copy = box.file("read");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(copy).hasSameBinaryContentAs(expected);
    server.stop();
  }
}
