package org.nbdcore.plugin.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;

/** The disks of an OVA, each opened on first use. Safe for use by several threads. */
final class OvaDisks implements Closeable {
  private final OvaArchive archive;
  private final VmdkOptions options;
  private final Map<String, VmdkDisk> disks = new HashMap<>(); // guarded by this object's lock

  /**
   * @param archive closed with this
   */
  OvaDisks(OvaArchive archive, VmdkOptions options) {
    this.archive = archive;
    this.options = options;
  }

  List<Export> exports() {
    return archive.disks().stream()
        .map(name -> Export.of(name).withDescription("a disk of the OVA"))
        .toList();
  }

  /** The only disk's name; empty if there are several. */
  String defaultExport() {
    List<String> names = archive.disks();
    return names.size() == 1 ? names.get(0) : "";
  }

  /**
   * Returns a disk. It stays open until this object is closed.
   *
   * @param exportName the name of a disk, or empty for the only one
   * @throws NbdException naming the existing disks
   */
  synchronized VmdkDisk disk(String exportName) throws IOException {
    String name = exportName.isEmpty() ? defaultExport() : exportName;
    List<String> names = archive.disks();
    if (!names.contains(name)) {
      String problem =
          name.isEmpty() && !names.isEmpty()
              ? "the OVA has several disks, and the client asked for none by its export name"
              : "the OVA has no disk '" + name + "'";
      throw new NbdException(NbdError.EINVAL, problem + "; it has " + shown(names));
    }
    VmdkDisk disk = disks.get(name);
    if (disk == null) {
      disk = VmdkDisk.open(archive.location(name), options);
      disks.put(name, disk);
    }
    return disk;
  }

  private static String shown(List<String> names) {
    return names.isEmpty() ? "no file whose name ends with .vmdk" : String.join(", ", names);
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      for (VmdkDisk disk : disks.values()) {
        disk.close();
      }
    } finally {
      archive.close();
    }
  }
}
