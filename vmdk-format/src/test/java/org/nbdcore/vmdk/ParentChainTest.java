package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ParentChainTest {
  private static final int GRAIN = 4096;

  @TempDir Path dir;

  private static SparseFixture link(long capacity, String id, String parentId, String hint) {
    SparseFixture fixture = SparseFixture.monolithic(capacity);
    fixture.descriptor =
        fixture.descriptor.replace(
            "CID=12345678\nparentCID=ffffffff", "CID=" + id + "\nparentCID=" + parentId);
    if (hint != null) {
      fixture.descriptor += "parentFileNameHint=\"" + hint + "\"\n";
    }
    return fixture;
  }

  private SparseFixture base() throws IOException {
    SparseFixture base =
        link(48, "a1", "ffffffff", null).grain(0, 0x10).grain(1, 0x11).grain(5, 0x15);
    base.descriptor += "ddb.uuid = \"60 00\"\nddb.adapterType = \"buslogic\"\n";
    base.write(dir.resolve("base.vmdk"));
    return base;
  }

  @Test
  void unallocatedGrainsAreReadFromTheParents() throws IOException {
    byte[] expected = Arrays.copyOf(base().content(), 64 * 512);
    SparseFixture middle =
        link(48, "a2", "a1", "base.vmdk").grain(1, 0x21).zeroed(5).grain(3, 0x23);
    middle.write(dir.resolve("middle.vmdk"));
    SparseFixture top = link(64, "a3", "a2", "middle.vmdk").grain(4, 0x34).grain(7, 0x37);
    System.arraycopy(middle.grains.get(1L), 0, expected, GRAIN, GRAIN);
    System.arraycopy(middle.grains.get(3L), 0, expected, 3 * GRAIN, GRAIN);
    Arrays.fill(expected, 5 * GRAIN, 6 * GRAIN, (byte) 0);
    System.arraycopy(top.grains.get(4L), 0, expected, 4 * GRAIN, GRAIN);
    System.arraycopy(top.grains.get(7L), 0, expected, 7 * GRAIN, GRAIN);
    try (VmdkDisk disk = VmdkDisk.open(top.write(dir.resolve("top.vmdk")))) {
      assertThat(Disks.readAll(disk)).isEqualTo(expected);
      assertThat(Disks.read(disk, 5000, 20000))
          .isEqualTo(Arrays.copyOfRange(expected, 5000, 25000));
      assertThat(Disks.map(disk))
          .containsExactly(
              "DATA 0+8192",
              "HOLE 8192+4096",
              "DATA 12288+8192",
              "ZERO 20480+4096",
              "HOLE 24576+4096",
              "DATA 28672+4096");
      assertThat(disk.info().parents())
          .extracting(FileLocation::realPath)
          .containsExactly(dir.resolve("middle.vmdk"), dir.resolve("base.vmdk"));
      assertThat(disk.info().contentId()).isEqualTo("000000a3");
      assertThat(disk.info().uuid()).as("inherited").isEqualTo("60 00");
      assertThat(disk.info().adapterType()).as("the child's own").isEqualTo("lsilogic");
    }
  }

  @Test
  void aChildOfAFlatDiskReadsThroughExtentBoundaries() throws IOException {
    byte[] flat = new byte[40 * 512];
    Arrays.fill(flat, (byte) 0x77);
    Files.write(dir.resolve("flat"), flat);
    Files.writeString(
        dir.resolve("base.vmdk"),
        SparseFixture.descriptor("custom", "RW 10 FLAT \"flat\" 0", "RW 30 FLAT \"flat\" 10"));
    SparseFixture first = SparseFixture.monolithic(17).grain(1, 0x11);
    SparseFixture second = SparseFixture.monolithic(23).grain(0, 0x22);
    first.write(dir.resolve("1"));
    second.write(dir.resolve("2"));
    String child =
        SparseFixture.descriptor("twoGbMaxExtentSparse", "RW 17 SPARSE \"1\"", "RW 23 SPARSE \"2\"")
            .replace("parentCID=ffffffff", "parentCID=12345678\nparentFileNameHint=\"base.vmdk\"");
    System.arraycopy(first.grains.get(1L), 0, flat, GRAIN, GRAIN);
    System.arraycopy(second.grains.get(0L), 0, flat, 17 * 512, GRAIN);
    try (VmdkDisk disk = VmdkDisk.open(Files.writeString(dir.resolve("child.vmdk"), child))) {
      assertThat(Disks.readAll(disk)).isEqualTo(flat);
      assertThat(Disks.map(disk)).containsExactly("DATA 0+20480");
    }
  }

  @Test
  void parentIsFoundBesideItsChildIfTheHintIsOutdated() throws IOException {
    byte[] expected = base().content();
    for (String hint :
        new String[] {"/gone/vms/base.vmdk", "C:\\\\vms\\\\base.vmdk", "../gone/base.vmdk"}) {
      Path child = link(48, "a2", "a1", hint).write(dir.resolve("child.vmdk"));
      try (VmdkDisk disk = VmdkDisk.open(child)) {
        assertThat(Disks.readAll(disk)).as(hint).isEqualTo(expected);
      }
    }
  }

  @Test
  void aParentThatWasChangedIsRefused() throws IOException {
    base();
    Path child = link(48, "a2", "b1", "base.vmdk").write(dir.resolve("child.vmdk"));
    assertThatThrownBy(() -> VmdkDisk.open(child))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("base.vmdk: CID is 000000a1; expected 000000b1, the parentCID of")
        .hasMessageContaining("child.vmdk");
  }

  @Test
  void missingParentOrHintIsReported() throws IOException {
    Path child = link(48, "a2", "a1", "gone.vmdk").write(dir.resolve("child.vmdk"));
    assertThatThrownBy(() -> VmdkDisk.open(child))
        .hasMessageContaining("its parent 'gone.vmdk' does not exist");
    Path orphan = link(48, "a2", "a1", null).write(dir.resolve("orphan.vmdk"));
    assertThatThrownBy(() -> VmdkDisk.open(orphan))
        .hasMessageContaining("parentFileNameHint is missing");
  }

  @Test
  void aDiskThatIsItsOwnAncestorIsRefused() throws IOException {
    link(48, "a1", "a2", "b.vmdk").write(dir.resolve("a.vmdk"));
    link(48, "a2", "a1", "a.vmdk").write(dir.resolve("b.vmdk"));
    assertThatThrownBy(() -> VmdkDisk.open(dir.resolve("a.vmdk")))
        .hasMessageContaining("is its own ancestor");
  }

  @Test
  void chainOfMoreThan64ParentsIsRefused() throws IOException {
    for (int i = 0; i < 70; i++) {
      link(48, "a1", "a1", (i + 1) + ".vmdk").write(dir.resolve(i + ".vmdk"));
    }
    assertThatThrownBy(() -> VmdkDisk.open(dir.resolve("0.vmdk")))
        .hasMessageContaining("the length of its chain of parents is more than 64");
  }
}
