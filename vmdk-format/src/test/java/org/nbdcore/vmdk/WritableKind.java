package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;

/** Disks to write to, one of each kind; none is larger than tests can keep in memory. */
enum WritableKind {
  MONOLITHIC_SPARSE(VmdkType.MONOLITHIC_SPARSE, 1 << 20),
  MONOLITHIC_FLAT(VmdkType.MONOLITHIC_FLAT, (1 << 20) + 7 * 512),
  SPLIT_SPARSE(VmdkType.SPLIT_SPARSE, (1 << 20) + 7 * 512),
  SPLIT_FLAT(VmdkType.SPLIT_FLAT, (1 << 20) + 7 * 512),
  VMFS_FLAT(VmdkType.VMFS_FLAT, (1 << 20) + 7 * 512),
  VMFS_THIN(VmdkType.VMFS_THIN, (1 << 20) + 7 * 512),
  VMFS_SPARSE(VmdkType.VMFS_SPARSE, (4 << 20) + 512),

  /** Many small tables, of four grains of 4 KiB each; the disk ends within a grain. */
  SMALL_TABLES(fixture -> fixture),
  WITHOUT_REDUNDANT_TABLES(fixture -> with(fixture, f -> f.redundant = false)),
  ZEROED_GRAINS(fixture -> fixture.zeroed(3)),
  VERSION_3(fixture -> with(fixture.zeroed(3), f -> f.version = 3)),

  /** A chain of three disks, with grains that can be marked as zeroes. */
  CHILD(VmdkType.MONOLITHIC_SPARSE, (1 << 20) + 7 * 512, true),
  CHILD_OF_FLAT(VmdkType.MONOLITHIC_FLAT, (1 << 20) + 7 * 512, true),
  VMFS_CHILD(VmdkType.VMFS_FLAT, (1 << 20) + 7 * 512, true),

  /** Grains of the child cannot be marked as zeroes. */
  OLD_CHILD(fixture -> fixture, true);

  static final String NAME = "disk.vmdk";
  private static final int SMALL_SECTORS = 1500 + 3;

  private final VmdkType type;
  private final long size;
  private final Function<SparseFixture, SparseFixture> fixture;
  private final boolean child;

  WritableKind(VmdkType type, long size) {
    this(type, size, null, false);
  }

  WritableKind(VmdkType type, long size, boolean child) {
    this(type, size, null, child);
  }

  WritableKind(Function<SparseFixture, SparseFixture> fixture) {
    this(null, SMALL_SECTORS * 512L, fixture, false);
  }

  WritableKind(Function<SparseFixture, SparseFixture> fixture, boolean child) {
    this(null, SMALL_SECTORS * 512L, fixture, child);
  }

  WritableKind(
      VmdkType type, long size, Function<SparseFixture, SparseFixture> fixture, boolean child) {
    this.type = type;
    this.size = size;
    this.fixture = fixture;
    this.child = child;
  }

  private interface Change {
    void make(SparseFixture fixture);
  }

  private static SparseFixture with(SparseFixture fixture, Change change) {
    change.make(fixture);
    return fixture;
  }

  /** Creates the disk's files and returns the disk's content. */
  byte[] make(SimulatedFiles files, Random random) throws IOException {
    byte[] content = new byte[(int) size];
    if (fixture != null) {
      makeFixture(files, content, random);
    } else if (child) {
      makeChain(files, content, random);
    } else {
      VmdkDisk.create(files.at(NAME), VmdkCreateOptions.ofSize(size).withType(type));
    }
    return content;
  }

  private void makeFixture(SimulatedFiles files, byte[] content, Random random) throws IOException {
    SparseFixture made = fixture.apply(SparseFixture.monolithic(SMALL_SECTORS));
    if (child) {
      VmdkDisk.create(
          files.at("base.vmdk"), VmdkCreateOptions.ofSize(size).withType(VmdkType.SPLIT_SPARSE));
      fillAtRandom(files.at("base.vmdk"), content, random);
      String cid = cid(files.at("base.vmdk"));
      made.descriptor =
          made.descriptor.replace(
              "parentCID=ffffffff", "parentCID=" + cid + "\nparentFileNameHint=\"base.vmdk\"");
    }
    files.put(NAME, made.build());
  }

  private void makeChain(SimulatedFiles files, byte[] content, Random random) throws IOException {
    VmdkDisk.create(files.at("base.vmdk"), VmdkCreateOptions.ofSize(size).withType(type));
    fillAtRandom(files.at("base.vmdk"), content, random);
    VmdkDisk.createChild(files.at("middle.vmdk"), files.at("base.vmdk"));
    fillAtRandom(files.at("middle.vmdk"), content, random);
    VmdkDisk.createChild(files.at(NAME), files.at("middle.vmdk"));
  }

  private static String cid(FileLocation file) throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults())) {
      return disk.info().contentId();
    }
  }

  private static void fillAtRandom(FileLocation file, byte[] content, Random random)
      throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults().withWritable(true))) {
      for (int i = 0; i < 10; i++) {
        byte[] bytes = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(bytes);
        int at = random.nextInt(content.length - bytes.length);
        disk.write(ByteBuffer.wrap(bytes), at);
        System.arraycopy(bytes, 0, content, at, bytes.length);
      }
    }
  }

  /** Checks the tables of the disk's own extents. */
  static void audit(SimulatedFiles files, boolean closed) {
    for (String name : files.names()) {
      byte[] bytes = files.bytes(name);
      String start = new String(Arrays.copyOf(bytes, 4), StandardCharsets.ISO_8859_1);
      if (start.equals("KDMV") || start.equals("COWD")) {
        TableAudit.check(bytes, closed);
      }
    }
  }
}
