package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Messages for files that are not readable disks: what the file is, and what to do instead. */
final class Refusals {
  private static final int CHANGE_TRACKING_MAGIC = 0xf61972a2;
  private static final String TAR_MAGIC = "ustar";
  private static final int TAR_MAGIC_OFFSET = 257;
  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+)://.*", Pattern.DOTALL);

  /** Names of the files that VMware's products put beside a descriptor. */
  private static final Pattern PART_OF_DISK =
      Pattern.compile(
          "(?i)(.+)-(flat|delta|sesparse|ctk|rdm|rdmp|[fs]\\d{3,})(\\.vmdk)", Pattern.DOTALL);

  private Refusals() {}

  /** Refuses an extent of an unsupported type, for example {@code RW 8 VMFSRDM "x-rdm.vmdk"}. */
  static VmdkException extentType(FileLocation descriptor, ExtentLine line) {
    String type = line.type();
    if (type.startsWith("VMFSRDM") || type.startsWith("VMFSRAW")) {
      return new VmdkException(
          descriptor
              + ": its extent of type "
              + VmdkException.shortened(type)
              + " is a raw device mapping, whose data is on a LUN of the ESXi host; read the disk"
              + " through vddk, or clone it to a VMDK in vSphere");
    }
    return VmdkException.bad(
        descriptor,
        "an extent's type",
        VmdkException.shortened(type),
        "FLAT, VMFS, SPARSE, VMFSSPARSE, SESPARSE or ZERO");
  }

  /**
   * Does nothing if the name is that of a file.
   *
   * @throws VmdkException if the name is an object's or a URL
   */
  static void checkFileName(FileLocation descriptor, String what, String name)
      throws VmdkException {
    Matcher url = URL.matcher(name);
    if (!url.matches()) {
      return;
    }
    String scheme = url.group(1).toLowerCase(Locale.ROOT);
    String found =
        switch (scheme) {
          case "vsan" -> "an object of a vSAN datastore; read the disk through vddk";
          case "vvol", "rvvol" -> "a virtual volume; read the disk through vddk";
          default -> "a URL; download it, and name the file in the descriptor";
        };
    throw new VmdkException(
        descriptor
            + ": its "
            + what
            + " '"
            + VmdkException.shortened(name)
            + "' is not a file but "
            + found);
  }

  /** A tar file begins with a file name, so its first bytes look like damage. */
  static void checkNotArchive(OpenFile file) throws IOException {
    byte[] magic = new byte[TAR_MAGIC.length()];
    if (file.size() < TAR_MAGIC_OFFSET + magic.length) {
      return;
    }
    file.read(ByteBuffer.wrap(magic), magic.length, TAR_MAGIC_OFFSET);
    if (new String(magic, StandardCharsets.ISO_8859_1).equals(TAR_MAGIC)) {
      throw new VmdkException(
          file.location()
              + ": is an OVA, or another tar file, and no disk; serve its disks with the plugin"
              + " vmdk (nbd-core vmdk FILE), and use them by their NBD URIs");
    }
  }

  /** The file has no descriptor: says what the file is and which file to open. */
  static VmdkException noDescriptor(FileLocation file, int magic) {
    Matcher part = PART_OF_DISK.matcher(file.name());
    String kind = part.matches() ? part.group(2).toLowerCase(Locale.ROOT) : "";
    String found;
    if (magic == SparseHeader.MAGIC) {
      found = "one extent of a disk (KDMV without a descriptor)";
    } else if (magic == SparseHeader.COWD_MAGIC) {
      found = "the data of a snapshot (COWD, vmfsSparse)";
    } else if (magic == SeSparseHeader.MAGIC) {
      found = "the data of a snapshot (seSparse)";
    } else if (magic == CHANGE_TRACKING_MAGIC || kind.equals("ctk")) {
      found = "a disk's change tracking file";
    } else if (kind.startsWith("rdm")) {
      found = "the pointer of a raw device mapping";
    } else if (!kind.isEmpty()) {
      found = "the data of a disk";
    } else {
      return null;
    }
    return new VmdkException(file + ": is " + found + "; " + advice(file, part));
  }

  private static String advice(FileLocation file, Matcher part) {
    if (!part.matches()) {
      return "open the disk's descriptor file instead";
    }
    String name = part.group(1) + part.group(3);
    String shown = "'" + VmdkException.shortened(name) + "'";
    try {
      return file.sibling(name).exists()
          ? "open its descriptor " + shown + " instead"
          : "open its descriptor instead, which is called " + shown + " and is not here";
    } catch (IOException e) {
      return "open its descriptor instead, which is called " + shown;
    }
  }
}
