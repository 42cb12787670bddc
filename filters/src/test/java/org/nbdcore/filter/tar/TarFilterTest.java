package org.nbdcore.filter.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.testkit.TestSession;

final class TarFilterTest {

  private static final TarFilterProvider PROVIDER = new TarFilterProvider();

  private final Tars tar = new Tars();
  private ModelDisk disk;

  @Test
  void namedFileIsServedAndWritable() throws Exception {
    tar.add("disks/", '5', new byte[0]).add("disks/a", '0', bytes(1, 1000));
    int start = tar.position() + 512;
    tar.add("disks/b", '0', bytes(2, 70_000)).add("disks/c", '0', bytes(3, 512));
    BlockDevice device = open("tar-entry=disks/b");
    assertThat(device.size()).isEqualTo(70_000);
    assertThat(read(device, 0, 70_000)).containsOnly(2);
    write(device, 69_990, bytes(9, 10), Flags.NONE);
    assertThat(disk.bytes[start + 69_999]).isEqualTo((byte) 9);
    new RandomOperations(device, 1, 0, 70_000, 5000).run(200);
    assertThat(disk.bytes[start - 1]).isZero();
    assertThat(Arrays.copyOfRange(disk.bytes, start + 70_000, start + 70_144)).containsOnly(0);
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void theFirstOfSeveralFilesOfOneNameIsServed() throws IOException {
    tar.add("disk", '0', bytes(1, 10)).add("disk", '0', bytes(2, 20));
    assertThat(open("tar-entry=disk").size()).isEqualTo(10);
  }

  @Test
  void onlyUsedPaxRecordsAreKept() throws IOException {
    for (int i = 0; i < 50; i++) {
      tar.pax('g', "vendor." + i + "=" + "v".repeat(500), "comment=" + i);
      tar.pax('x', "vendor." + i + "=" + "v".repeat(500));
    }
    tar.pax('g', "path=disk", "vendor=1").add("d", '0', bytes(1, 10));
    open("tar-entry=disk");
    TarEntries entries =
        new TarEntries(disk.open(OpenRequest.detached("", true)), Session.DETACHED);
    assertThat(entries.next().name()).isEqualTo("disk");
    assertThat(entries.kept()).isEqualTo(1);
  }

  @Test
  void searchEndsWhenTheClientDisconnects() throws IOException {
    tar.add("disk", '0', bytes(1, 10));
    open("tar-entry=disk");
    TestSession session = new TestSession();
    TarEntries entries = new TarEntries(disk.open(OpenRequest.detached("", true)), session);
    session.disconnectClient();
    assertThatThrownBy(entries::next).isInstanceOf(NbdException.class);
  }

  @Test
  void longNamesOfEachFormatAreUnderstood() throws IOException {
    String folder = "f".repeat(90);
    String name = "n".repeat(90);
    tar.add(name, '0', bytes(1, 1), Tars.octal(1), "ustar\00000", folder);
    tar.add(
        "././@LongLink", 'L', (folder + "/gnu/" + name + "\0").getBytes(StandardCharsets.UTF_8));
    tar.add(folder, '0', bytes(2, 2));
    tar.pax('x', "mtime=1.5", "path=" + folder + "/pax/ä" + name).add(folder, '0', bytes(3, 3));
    tar.add("short", '\0', bytes(4, 4), Tars.octal(4), "", "");
    assertThat(open("tar-entry=" + folder + "/" + name).size()).isEqualTo(1);
    assertThat(open("tar-entry=" + folder + "/gnu/" + name).size()).isEqualTo(2);
    assertThat(open("tar-entry=" + folder + "/pax/ä" + name).size()).isEqualTo(3);
    assertThat(open("tar-entry=short").size()).isEqualTo(4);
    refused("tar-entry: the tar file has no '" + folder + "'", "tar-entry=" + folder);
  }

  @Test
  void largeSizesAreUnderstood() throws IOException {
    byte[] binary = new byte[12];
    binary[0] = (byte) 0x80;
    binary[10] = 4;
    tar.add("binary", '0', bytes(1, 1024), binary, "ustar  ", "");
    tar.pax('x', "size=600").add("pax", '0', bytes(2, 600), Tars.octal(0), "ustar\00000", "");
    tar.pax('g', "size=3").add("global", '0', bytes(3, 3), Tars.octal(9), "ustar\00000", "");
    tar.add("global too", '0', bytes(3, 3), Tars.octal(9), "ustar\00000", "");
    assertThat(open("tar-entry=binary").size()).isEqualTo(1024);
    assertThat(open("tar-entry=pax").size()).isEqualTo(600);
    assertThat(open("tar-entry=global").size()).isEqualTo(3);
    assertThat(open("tar-entry=global too").size()).isEqualTo(3);
  }

  @Test
  void membersThatAreNoPlainFilesAreRefused() {
    tar.add("folder/", '5', new byte[0]).add("link", '2', new byte[0], Tars.octal(99), "ustar", "");
    tar.add("holes", 'S', bytes(1, 512));
    tar.pax('x', "GNU.sparse.major=1", "GNU.sparse.name=pax").add("sparse/x", '0', bytes(1, 512));
    tar.add("disk", '0', bytes(1, 512));
    String must = "tar-entry must be a plain file; ";
    refused(must + "'folder/' is a folder in the tar file", "tar-entry=folder/");
    refused(must + "'link' is a link in the tar file", "tar-entry=link");
    String stored = " is stored without its holes (tar --sparse) in the tar file";
    refused(must + "'holes'" + stored, "tar-entry=holes");
    refused(must + "'pax'" + stored, "tar-entry=pax");
    refused("tar-entry: the tar file has no 'dis'; 'tar tf' shows what it has", "tar-entry=dis");
  }

  @Test
  void tarLimitBoundsTheSearch() throws IOException {
    tar.add("a", '0', bytes(1, 5000)).add("b", '0', bytes(1, 5000));
    int second = tar.position() - 5120;
    assertThat(open("tar-entry=b", "tar-limit=" + second).size()).isEqualTo(5000);
    refused(
        "'b' was not found in the first " + (second - 1) + " bytes of the tar file (tar-limit)",
        "tar-entry=b",
        "tar-limit=" + (second - 1));
    assertThat(open("tar-entry=a", "tar-limit=512", "tar=gtar").size()).isEqualTo(5000);
  }

  @Test
  void damagedFilesAreRefused() {
    tar.add("a", '0', bytes(1, 512));
    byte[] good = tar.bytes();
    String broken = "not a valid tar file: ";
    byte[] flipped = good.clone();
    flipped[3] ^= 1;
    refusedIn(flipped, broken + "there is no tar header at 0", "tar-entry=b");
    refusedIn(
        Arrays.copyOf(good, 900),
        "the tar file ends within 'a', which begins at 512 and has 512 bytes",
        "tar-entry=a");
    refusedIn(
        new Tars().add("x", 'x', "99 path=a\n".getBytes(StandardCharsets.UTF_8)).bytes(),
        broken + "the extended header before 0 has a record of a wrong length",
        "tar-entry=a");
    refusedIn(
        new Tars().pax('x', "size=-").add("a", '0', bytes(1, 1)).bytes(),
        broken + "the size of a member is '-'",
        "tar-entry=a");
    refusedIn(
        new Tars().add("x", 'L', new byte[9], Tars.octal(1L << 30), "ustar  ", "").bytes(),
        broken + "the header at 0 is followed by 1073741824 bytes about a member",
        "tar-entry=a");
  }

  @Test
  void fileUnalignedToTheBlocksBelowIsRefused() {
    tar.add("a", '0', bytes(1, 4096));
    disk = new ModelDisk(8192).withBlockSizes(4096, 4096, 1 << 20);
    System.arraycopy(tar.bytes(), 0, disk.bytes, 0, 5632);
    assertThatThrownBy(() -> Chains.open(Chains.filter(PROVIDER, "tar-entry=a"), disk))
        .hasMessage(
            "'a' begins at 512 in the tar file, which is not a multiple of the minimum block size of"
                + " the layer below (4096); put --filter=blocksize below");
    assertThat(disk.open.get()).isZero();
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void tarEntryIsRequired() {
    assertThatThrownBy(() -> Chains.configure(PROVIDER))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tar-entry");
  }

  private BlockDevice open(String... pairs) throws IOException {
    return openIn(tar.bytes(), pairs);
  }

  private BlockDevice openIn(byte[] bytes, String... pairs) throws IOException {
    disk = new ModelDisk(bytes.length);
    System.arraycopy(bytes, 0, disk.bytes, 0, bytes.length);
    disk.allocate(0, bytes.length, true);
    return Chains.open(Chains.filter(PROVIDER, pairs), disk);
  }

  private void refused(String message, String... pairs) {
    refusedIn(tar.bytes(), message, pairs);
  }

  private void refusedIn(byte[] bytes, String message, String... pairs) {
    assertThatThrownBy(() -> openIn(bytes, pairs)).hasMessageStartingWith(message);
    assertThat(disk.open.get()).isZero();
    assertThat(disk.breaches).isEmpty();
  }

  private static byte[] bytes(int value, int length) {
    return Chains.bytes(value, length);
  }
}
