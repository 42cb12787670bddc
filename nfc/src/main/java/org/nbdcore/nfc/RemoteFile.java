package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Opens the file of a disk and holds its properties. */
final class RemoteFile {

  private static final int DISK = 2;
  private static final int READ_ONLY = 0x1e;
  private static final int READ_WRITE = 0x1a;
  private static final int DEFAULT_SECTOR = 512;

  /**
   * Limits the memory that depends on the disk's size. It is 16 times the maximum of VMware's
   * disks.
   */
  private static final long LARGEST = 1L << 50;

  final long handle;
  final long size;
  final int sectorSize;
  final NfcGeometry geometry;

  RemoteFile(ByteBuffer reply) throws IOException {
    int kind = reply.getInt(16);
    if (kind != DISK) {
      throw new NfcProtocolException(
          "the file opened is of type " + kind + ", expected a disk (" + DISK + ")");
    }
    handle = reply.getLong(8);
    size = reply.getLong(28);
    int sector = reply.getInt(36);
    sectorSize = sector == 0 ? DEFAULT_SECTOR : sector;
    if (size < 0
        || size > LARGEST
        || Integer.bitCount(sectorSize) != 1
        || sectorSize < DEFAULT_SECTOR
        || sectorSize > 1 << 16
        || size % sectorSize != 0) {
      throw new NfcProtocolException(
          "a disk of " + Long.toUnsignedString(size) + " bytes with sectors of " + sector);
    }
    geometry = new NfcGeometry(reply.getInt(40), reply.getInt(44), reply.getInt(48));
  }

  static RemoteFile open(NfcSession session, String path, boolean readOnly) throws IOException {
    try {
      RemoteFile file = new RemoteFile(session.call(request(path, readOnly)).await());
      session.handle(file.handle);
      return file;
    } catch (NfcException e) {
      throw new NfcException(
          e.code(), "cannot open '" + path + "': " + e.getMessage() + hint(e.code(), readOnly));
    }
  }

  static ControlOperation request(String path, boolean readOnly) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    int flags = readOnly ? READ_ONLY : READ_WRITE;
    return ControlOperation.of(AioType.OPEN_FILE, name, name.length, 0, 0, 0, DISK, flags);
  }

  private static String hint(int code, boolean readOnly) {
    if (code == VixCode.FILE_READ_ONLY && !readOnly) {
      return "; writing needs a ticket for writing";
    }
    // the server returns no more specific error for the disk of a running machine
    return code == 1
        ? "; if the virtual machine is running, take a snapshot and open the file below it"
        : "";
  }
}
