package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Disks on the web server of BusyBox. */
class CurlIT {

  private static final int SIZE = 5_000_192;

  @RegisterExtension final Sandbox box = new Sandbox();

  private final byte[] disk = new byte[SIZE];
  private WebServer web;

  @BeforeEach
  void serveFiles() throws Exception {
    new Random(2616).nextBytes(disk);
    Path folder = Files.createDirectory(box.file("web"));
    Files.write(folder.resolve("disk.img"), disk);
    try (OutputStream packed =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("disk.img.gz")))) {
      packed.write(disk);
    }
    web = WebServer.start(box, folder);
  }

  @AfterEach
  void stop() throws InterruptedException {
    web.close();
  }

  private String url(String file) {
    return web.url(file);
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
  void aCompressedDiskIsDecompressed() throws Exception {
    Server server = box.serve("curl", url("disk.img.gz"), "--filter=gzip");
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(copy).hasBinaryContent(disk);
    server.stop();
  }

  @Test
  void aMissingFileIsReported() throws Exception {
    Server server = box.serve("curl", url("none.img"));
    assertThat(box.run(Client.NBDINFO, server.uri()).status()).isNotZero();
    assertThat(server.errors()).contains("the server answered 404 Not Found");
    server.stop();
  }
}
