package org.nbdcore.plugin.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.system.Zstd;

/** Images in folders and tar files. */
final class LayoutTest {

  private static final byte[] ONE = TestImage.bytes(5, 70_000);
  private static final byte[] TWO = TestImage.bytes(6, 9);

  @TempDir private Path folder;

  private final TestImage image = new TestImage();

  private static String tag(String name) {
    return ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}";
  }

  /** Two images, with the tags one and two. */
  private String layout() throws IOException {
    Map<String, String> manifests = new LinkedHashMap<>();
    manifests.put(image.layer(TestImage.GZIP, TestImage.gzip(ONE), ONE).manifest(), tag("one"));
    String two = image.layer(TWO).manifest();
    manifests.put(two, tag("two"));
    image.writeLayout(folder, image.index(manifests));
    return two;
  }

  @Test
  void anImageIsFoundByItsTagOrDigest() throws Exception {
    String two = layout();
    assertThat(StartedDisk.contents("name=oci:" + folder + ":one")).isEqualTo(ONE);
    assertThat(StartedDisk.contents("name=oci:" + folder + ":two")).isEqualTo(TWO);
    assertThat(StartedDisk.contents("name=oci:" + folder + "@" + two)).isEqualTo(TWO);
    assertThatThrownBy(() -> StartedDisk.contents("name=oci:" + folder))
        .hasMessage("oci:" + folder + " has several images, name one: one, two");
    assertThatThrownBy(() -> StartedDisk.contents("name=oci:" + folder + ":three"))
        .hasMessage("oci:" + folder + ":three has no such tag, only: one, two");
  }

  @Test
  void tagMayBeOmittedIfThereIsOneImage() throws Exception {
    String manifest = image.layer(ONE).manifest();
    image.writeLayout(folder, image.index(Map.of(manifest, tag("one"))));
    assertThat(StartedDisk.contents("name=oci:" + folder)).isEqualTo(ONE);
    assertThat(StartedDisk.contents("name=oci://" + folder)).isEqualTo(ONE);
  }

  @Test
  void aLayerMayBeCompressedWithZstd() throws Exception {
    assumeThat(Zstd.available()).isTrue();
    ByteBuffer packed = ByteBuffer.allocateDirect(Zstd.bound(ONE.length));
    byte[] stored = new byte[Zstd.compress(ByteBuffer.allocateDirect(ONE.length).put(ONE), packed)];
    packed.get(0, stored);
    String manifest = image.layer(TestImage.TAR + "+zstd", stored, ONE).manifest();
    image.writeLayout(folder, image.index(Map.of(manifest, "")));
    assertThat(StartedDisk.contents("name=oci:" + folder)).isEqualTo(ONE);
  }

  @Test
  void imageIsReadFromATarFileOfALayout() throws Exception {
    layout();
    Path archive = folder.resolve("archive.tar");
    try (OutputStream out = Files.newOutputStream(archive);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (String file : new String[] {"oci-layout", "index.json"}) {
        add(tar, file, Files.readAllBytes(folder.resolve(file)));
      }
      for (Map.Entry<String, byte[]> each : image.blobs.entrySet()) {
        add(tar, "./blobs/" + each.getKey().replace(':', '/'), each.getValue());
      }
    }
    assertThat(StartedDisk.contents("name=oci-archive:" + archive + ":one")).isEqualTo(ONE);
    assertThatThrownBy(() -> StartedDisk.contents("name=oci-archive:" + folder + "/none.tar"))
        .hasMessage("there is no file " + folder + "/none.tar");
    Path other = Files.write(folder.resolve("other"), ONE);
    assertThatThrownBy(() -> StartedDisk.contents("name=oci-archive:" + other))
        .hasMessageStartingWith(other + " is not a tar file");
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  @Test
  void errorNamesAMissingOrCorruptFile() throws Exception {
    assertThatThrownBy(() -> StartedDisk.contents("name=oci:" + folder))
        .hasMessage("there is no file " + folder + "/index.json");
    layout();
    Path blob = folder.resolve("blobs/sha256").resolve(TestImage.digest(TWO).substring(7));
    Files.write(blob, new byte[] {1});
    assertThatThrownBy(() -> StartedDisk.contents("name=oci:" + folder + ":two"))
        .hasMessageContaining("ends at 1 of 9 bytes");
    Files.write(blob, new byte[9]);
    assertThatThrownBy(() -> StartedDisk.contents("name=oci:" + folder + ":two"))
        .hasMessageContaining("its digest must be");
  }
}
