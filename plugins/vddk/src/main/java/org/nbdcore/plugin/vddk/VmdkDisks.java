package org.nbdcore.plugin.vddk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.nbdcore.plugin.vmdk.VmdkDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Log;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.LinuxFileHoles;
import org.nbdcore.vmdk.VmdkCounters;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;
import org.nbdcore.vmdk.VmdkStore;

/** Opens VMDKs that nbd-core serves without VDDK. */
final class VmdkDisks {

  private static final Log LOG = Log.of("vddk");

  /** The same as with VDDK, so that clients see no difference. */
  private static final BlockSizes BLOCK_SIZES =
      BlockSizes.of(VddkSectors.SIZE, 4096, BlockSizes.UNLIMITED);

  private VmdkDisks() {}

  /** For reading; the disk is the connection's own, and closed with it. */
  static BlockDevice owning(VmdkDisk disk) {
    return device(disk, false, disk);
  }

  /** The block sizes of a disk that several connections share. */
  static BlockDevice of(VmdkStore store, boolean readOnly) throws IOException {
    VmdkDisk disk = store.acquire(readOnly);
    boolean writable = !readOnly && disk.writable();
    return device(disk, writable, writable ? store::release : () -> {});
  }

  private static BlockDevice device(VmdkDisk disk, boolean writable, Closeable release) {
    return new VmdkDevice(disk, writable, release, BLOCK_SIZES);
  }

  /** For reading, with all parents. */
  static VmdkDisk openDisk(String path) throws IOException {
    try {
      VmdkOptions options =
          VmdkOptions.defaults().withHoles(LinuxFileHoles::new).withWarnings(LOG::warn);
      return VmdkDisk.open(FileNames.absolute(path), options);
    } catch (NoSuchFileException e) {
      throw new IOException("file " + path + " does not exist", e);
    }
  }

  static VmdkStore openStore(VddkConfig config, VmdkCounters grains) throws IOException {
    String path = config.file().orElseThrow();
    VmdkOptions options =
        VmdkOptions.defaults()
            .withHoles(LinuxFileHoles::new)
            .withWarnings(LOG::warn)
            .withCounters(grains)
            .withSingleLink(config.singleLink());
    FileLocation file = FileLocation.of(FileNames.absolute(path), config.within().orElse(null));
    try {
      return config.create().isPresent()
          ? VmdkStore.create(file, config.create().get().withoutVddk(), options)
          : VmdkStore.open(file, options);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("file " + e.getFile() + " exists; a new disk needs a new name", e);
    } catch (NoSuchFileException e) {
      throw new IOException("file " + path + " does not exist", e);
    }
  }
}
