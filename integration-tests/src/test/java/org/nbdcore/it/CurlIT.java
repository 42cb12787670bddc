package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Disks on a web server that no one here wrote. */
class CurlIT {

  private static final int SIZE = 5_000_192;
  private static final int ATTEMPTS = 5;

  @RegisterExtension final Sandbox box = new Sandbox();

  private final byte[] disk = new byte[SIZE];
  private Process web;
  private int port;

  @BeforeEach
  void serveFiles() throws Exception {
    new Random(2616).nextBytes(disk);
    Path folder = Files.createDirectory(box.file("web"));
    Files.write(folder.resolve("disk.img"), disk);
    try (OutputStream packed =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("disk.img.gz")))) {
      packed.write(disk);
    }
    for (int i = 0; i < ATTEMPTS && web == null; i++) {
      port = freePort();
      web = start(folder);
    }
    assertThat(web).as("a web server on a free port").isNotNull();
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  /** Null if another program was quicker to take the port. */
  private Process start(Path folder) throws Exception {
    Process started =
        box.builder(
                Client.BUSYBOX.with(
                    "httpd", "-f", "-p", "127.0.0.1:" + port, "-h", folder.toString()))
            .start();
    long deadline = System.nanoTime() + Programs.PATIENCE.toNanos();
    while (started.isAlive()) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return started;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          started.destroyForcibly();
          return fail("the web server does not listen");
        }
        TimeUnit.MILLISECONDS.sleep(10); // nothing tells when it listens
      }
    }
    return null;
  }

  @AfterEach
  void stop() throws InterruptedException {
    web.destroy();
    web.waitFor();
  }

  private String url(String file) {
    return "http://127.0.0.1:" + port + "/" + file;
  }

  @Test
  void nbdcopyAndQemuReadADiskFromTheWeb() throws Exception {
    Server server = box.serve("curl", url("disk.img"), "--filter=readahead", "--filter=retry");
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(copy).hasBinaryContent(disk);
    box.run(
            Client.QEMU_IMG,
            "compare",
            "-f",
            "raw",
            "-F",
            "raw",
            server.uri(),
            box.file("web").resolve("disk.img").toString())
        .succeeded();
    server.stop();
  }

  @Test
  void aPackedDiskIsUnpackedOnTheWay() throws Exception {
    Server server = box.serve("curl", url("disk.img.gz"), "--filter=gzip");
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(copy).hasBinaryContent(disk);
    server.stop();
  }

  @Test
  void aFileThatIsNotThereIsTold() throws Exception {
    Server server = box.serve("curl", url("none.img"));
    assertThat(box.run(Client.NBDINFO, server.uri()).status()).isNotZero();
    assertThat(server.errors()).contains("the server answered 404 Not Found");
    server.stop();
  }
}
