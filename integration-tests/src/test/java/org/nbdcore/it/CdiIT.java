package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A disk in a container image, as KubeVirt keeps it: a qcow2 file in a compressed layer. The
 * registry is BusyBox's web server, which only has to send files.
 */
class CdiIT {

  private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
  private static final String CONFIG = "application/vnd.docker.container.image.v1+json";
  private static final String LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void nbdcopyGetsTheDiskOfAnImageInARegistry() throws Exception {
    Path raw = box.file("raw");
    byte[] disk = new byte[3 << 20];
    new Random(1480).nextBytes(disk);
    Files.write(raw, disk);
    Path folder = Files.createDirectories(box.file("layer/disk"));
    Path qcow2 = folder.resolve("downloaded");
    box.run(Client.QEMU_IMG, "convert", "-O", "qcow2", raw.toString(), qcow2.toString())
        .succeeded();
    Path tar = box.file("layer.tar");
    box.run(
            Client.TAR,
            "-C",
            folder.getParent().toString(),
            "-cf",
            tar.toString(),
            "./disk/downloaded")
        .succeeded();
    Path web = box.file("web");
    String image = push(web.resolve("v2/disks/demo"), Files.readAllBytes(tar));
    Path copy = box.file("copy");
    try (WebServer registry = WebServer.start(box, web)) {
      String name = registry.url("disks/demo").substring("http://".length());
      for (String end : List.of(":v1", "@" + image)) {
        Server server =
            box.serve(
                "cdi",
                "--filter=qcow2dec",
                "--filter=tar",
                "tar-entry=./disk/downloaded",
                name + end,
                "plain-http=true");
        box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
        assertThat(copy).hasBinaryContent(disk);
        server.stop();
      }
    }
  }

  /** Writes the files of a repository; returns the digest of the manifest. */
  private static String push(Path repository, byte[] tar) throws Exception {
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    Path layer = blobs.resolve("layer");
    try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(layer))) {
      packed.write(tar);
    }
    byte[] config =
        ("{\"rootfs\":{\"diff_ids\":[\"" + digest(tar) + "\"]}}").getBytes(StandardCharsets.UTF_8);
    Files.write(blobs.resolve(digest(config)), config);
    byte[] stored = Files.readAllBytes(layer);
    Files.move(layer, blobs.resolve(digest(stored)));
    String manifest =
        String.format(
            Locale.ROOT,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}",
            MANIFEST,
            descriptor(CONFIG, config),
            descriptor(LAYER, stored));
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    Path manifests = Files.createDirectories(repository.resolve("manifests"));
    Files.write(manifests.resolve("v1"), bytes);
    Files.write(manifests.resolve(digest(bytes)), bytes);
    return digest(bytes);
  }

  private static String descriptor(String mediaType, byte[] bytes) throws Exception {
    return String.format(
        Locale.ROOT,
        "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}",
        mediaType,
        digest(bytes),
        bytes.length);
  }

  private static String digest(byte[] bytes) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    return "sha256:" + HexFormat.of().formatHex(digest);
  }
}
