package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.nbdcore.vsphere.HostCertificate;

/** The public vSphere simulator as a process: a vCenter with one host, one cluster and machines. */
final class Vcsim implements Closeable {

  static final String USER = "user";
  static final String PASSWORD = "p<w&d \"x\"";

  private static final Path SOURCES =
      Distribution.repository("integration-tests/src/test/go/vcsim");

  private static Path built;

  private final Process process;
  private final int port;
  private final Path datastore;

  private Vcsim(Process process, int port, Path datastore) {
    this.process = process;
    this.port = port;
    this.datastore = datastore;
  }

  /**
   * Builds the program with Debian's copy of the simulator; nothing is fetched. Without what a
   * debugger needs, which is a fifth of the work.
   */
  private static synchronized Path built() throws IOException, InterruptedException {
    if (built == null) {
      Path target = Distribution.repository("integration-tests/target/vcsim");
      Files.createDirectories(target);
      Path program = target.resolve("vcsim");
      ProcessBuilder builder =
          new ProcessBuilder(
                  "go",
                  "build",
                  "-ldflags=-s -w",
                  "-gcflags=github.com/vmware/...=-dwarf=false",
                  "-o",
                  program.toString(),
                  ".")
              .directory(SOURCES.toFile())
              .redirectErrorStream(true);
      builder.environment().put("GO111MODULE", "off");
      builder.environment().put("GOPATH", "/usr/share/gocode");
      builder.environment().put("GOFLAGS", "");
      builder.environment().put("GOCACHE", target.resolve("cache").toString());
      Process go = builder.start();
      String output = new String(go.getInputStream().readAllBytes());
      assertThat(go.waitFor()).as(output).isZero();
      built = program;
    }
    return built;
  }

  /** Starts a simulator with that many machines on the host and as many in the cluster. */
  static Vcsim start(int machines) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                built().toString(),
                "-user",
                USER,
                "-password",
                PASSWORD,
                "-machines",
                Integer.toString(machines))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int port = 0;
    Path datastore = null;
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
      assertThat(line).as("what vcsim says").isNotNull();
      String[] words = line.split(" ");
      if (words[0].equals("address")) {
        port = Integer.parseInt(words[1].substring(words[1].lastIndexOf(':') + 1));
      } else {
        datastore = Path.of(words[2]);
      }
    }
    return new Vcsim(process, port, datastore);
  }

  int port() {
    return port;
  }

  String thumbprint() throws IOException {
    return HostCertificate.fetch("127.0.0.1", port, Duration.ofSeconds(30)).thumbprint("SHA-1");
  }

  /** The folder of a machine in the only datastore. */
  Path folder(String machine) {
    return datastore.resolve(machine);
  }

  /** Ends the process, which removes its files. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      assertThat(process.waitFor(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
