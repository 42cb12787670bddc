package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.testkit.vsphere.EsxFixture;

final class RefusalsTest {
  @TempDir Path dir;

  private String refusal(Path file) {
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      throw new AssertionError(disk.size() + " bytes opened");
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vm-flat.vmdk|the data of a disk|vm.vmdk",
        "vm-000001-delta.vmdk|the data of a disk|vm-000001.vmdk",
        "vm-000001-sesparse.vmdk|the data of a disk|vm-000001.vmdk",
        "vm-000001-ctk.vmdk|a disk's change tracking file|vm-000001.vmdk",
        "vm-rdm.vmdk|the pointer of a raw device mapping|vm.vmdk",
        "vm-rdmp.vmdk|the pointer of a raw device mapping|vm.vmdk",
        "vm-f001.vmdk|the data of a disk|vm.vmdk",
        "VM-FLAT.VMDK|the data of a disk|VM.VMDK",
      })
  void partOfADiskIsRefusedWithTheNameOfItsDescriptor(String name, String kind, String descriptor)
      throws IOException {
    for (int size : new int[] {0, 5000, 2 << 20}) {
      Path file = Files.write(dir.resolve(name), new byte[size]);
      assertThat(refusal(file))
          .isEqualTo(
              file
                  + ": is "
                  + kind
                  + "; open its descriptor instead, which is called '"
                  + descriptor
                  + "' and is not here");
    }
    Files.createFile(dir.resolve(descriptor));
    assertThat(refusal(dir.resolve(name)))
        .endsWith("; open its descriptor '" + descriptor + "' instead");
  }

  @Test
  void archiveIsRefusedWithTheCommandThatServesIt() throws IOException {
    byte[] tar = new byte[10240];
    byte[] magic = "ustar".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(magic, 0, tar, 257, magic.length);
    Path ova = Files.write(dir.resolve("web.ova"), tar);
    assertThatThrownBy(() -> VmdkDisk.open(ova))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("web.ova: is an OVA")
        .hasMessageContaining("nbd-core vmdk FILE");
  }

  @Test
  void partOfADiskIsRecognisedByItsFirstBytes() throws IOException {
    EsxFixture fixture = new EsxFixture(64);
    Path file = Files.write(dir.resolve("x"), fixture.seSparse());
    assertThat(refusal(file))
        .isEqualTo(
            file
                + ": is the data of a snapshot (seSparse); open the disk's descriptor file"
                + " instead");
    Files.write(file, fixture.cowd());
    assertThat(refusal(file)).contains("is the data of a snapshot (COWD, vmfsSparse); open");
    Files.write(file, SparseFixture.le(4096).putInt(0, 0xf61972a2).array());
    assertThat(refusal(file)).contains("is a disk's change tracking file; open");
  }

  @Test
  void aDescriptorMayHaveAnyName() throws IOException {
    Files.write(dir.resolve("data"), new byte[4096]);
    Path file = dir.resolve("vm-flat.vmdk");
    Files.writeString(file, SparseFixture.descriptor("vmfs", "RW 8 VMFS \"data\""));
    VmdkDisk.open(file).close();
  }

  @Test
  void descriptorOfABadExtentOrParentIsReported() throws IOException {
    Path file = dir.resolve("vm.vmdk");
    Files.writeString(file, SparseFixture.descriptor("custom", "RW 8 SPARSE \"part\""));
    Files.write(dir.resolve("part"), new byte[1024]);
    assertThat(refusal(file))
        .startsWith(dir.resolve("part") + ": the magic number at byte 0 is 00000000")
        .endsWith(" (an extent of " + file + ")");
    Path child = dir.resolve("child.vmdk");
    Files.writeString(child, EsxFixture.descriptor("2", "1", "vm.vmdk", "RW 8 ZERO"));
    Files.writeString(file, "no descriptor");
    assertThat(refusal(child))
        .startsWith(file + ": holds no VMDK descriptor")
        .endsWith(" (the parent of " + child + ")");
  }

  @Test
  void parentThatIsAUriIsRefusedWithItsName() throws IOException {
    Path child = dir.resolve("child.vmdk");
    Files.writeString(child, EsxFixture.descriptor("2", "1", "vsan://1-2/x.vmdk", "RW 8 ZERO"));
    assertThat(refusal(child))
        .isEqualTo(
            child
                + ": its parent 'vsan://1-2/x.vmdk' is not a file but an object of a vSAN datastore;"
                + " read the disk through vddk");
  }

  /** The platform refuses such a name, and its message must not fill a log. */
  @ParameterizedTest
  @CsvSource({"extent", "parent", "url", "type", "key"})
  void longNamesAreTruncatedInMessages(String field) throws IOException {
    String huge = "x".repeat(500_000);
    String text =
        switch (field) {
          case "extent" ->
              EsxFixture.descriptor("2", "ffffffff", null, "RW 8 FLAT \"" + huge + "\"");
          case "parent" -> EsxFixture.descriptor("2", "1", huge, "RW 8 ZERO");
          case "url" ->
              EsxFixture.descriptor("2", "ffffffff", null, "RW 8 FLAT \"http://" + huge + "\"");
          case "type" -> EsxFixture.descriptor("2", "ffffffff", null, "RW 8 " + huge + " \"a\"");
          default ->
              EsxFixture.descriptor("2", "ffffffff", null, "RW 8 ZERO\nencryption" + huge + "=1");
        };
    Path file = Files.writeString(dir.resolve("vm.vmdk"), text);
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("vm.vmdk: ")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(800));
  }
}
