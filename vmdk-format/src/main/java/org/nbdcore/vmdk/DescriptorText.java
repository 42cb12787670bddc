package org.nbdcore.vmdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** Builds the text of a new disk's descriptor, in VMware's order. For one thread. */
final class DescriptorText {
  /** VMware's CID of a disk that was never written. */
  static final String UNTOUCHED = "fffffffe";

  private static final String NO_PARENT = "ffffffff";

  private final String createType;
  private final List<String> extents = new ArrayList<>();
  private final List<String> database = new ArrayList<>();
  private String parentCid = NO_PARENT;
  private String parentHint;

  DescriptorText(String createType) {
    this.createType = createType;
  }

  DescriptorText parent(String cid, String fileNameHint) {
    parentCid = cid;
    parentHint = fileNameHint;
    return this;
  }

  /** {@code RW SECTORS TYPE "FILE"}. */
  DescriptorText extent(long sectors, String type, String fileName) {
    extents.add("RW " + sectors + " " + type + " \"" + fileName + "\"");
    return this;
  }

  /** Like {@link #extent}, with the offset 0 that flat extents of hosted products have. */
  DescriptorText flatExtent(long sectors, String fileName) {
    extent(sectors, "FLAT", fileName);
    extents.set(extents.size() - 1, extents.get(extents.size() - 1) + " 0");
    return this;
  }

  DescriptorText ddb(String key, Object value) {
    database.add("ddb." + key + " = \"" + value + "\"");
    return this;
  }

  /** Appends adapter, geometry, identity and hardware version. */
  DescriptorText disk(String adapter, VmdkGeometry geometry, String hardwareVersion) {
    ddb("adapterType", adapter);
    if (geometry != null) {
      ddb("geometry.cylinders", geometry.cylinders());
      ddb("geometry.heads", geometry.heads());
      ddb("geometry.sectors", geometry.sectors());
    }
    ddb("longContentID", ContentId.longId(UNTOUCHED));
    ddb("uuid", uuid());
    return ddb("virtualHWVersion", hardwareVersion);
  }

  /** Returns 16 bytes in VMware's form. The first bytes are those of VMware's disks. */
  private static String uuid() {
    byte[] bytes = new byte[16];
    ThreadLocalRandom.current().nextBytes(bytes);
    bytes[0] = 0x60;
    bytes[1] = 0x00;
    bytes[2] = (byte) 0xc2;
    bytes[3] = (byte) (0x90 | bytes[3] & 0x0f);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes.length; i++) {
      text.append(i == 0 ? "" : i == bytes.length / 2 ? "-" : " ");
      text.append(String.format(Locale.ROOT, "%02x", bytes[i]));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("# Disk DescriptorFile\nversion=1\nencoding=\"UTF-8\"\n");
    text.append("CID=").append(UNTOUCHED).append('\n');
    text.append("parentCID=").append(parentCid).append('\n');
    text.append("createType=\"").append(createType).append("\"\n");
    if (parentHint != null) {
      text.append("parentFileNameHint=\"").append(parentHint).append("\"\n");
    }
    text.append("\n# Extent description\n");
    extents.forEach(line -> text.append(line).append('\n'));
    text.append("\n# The Disk Data Base\n#DDB\n\n");
    database.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
