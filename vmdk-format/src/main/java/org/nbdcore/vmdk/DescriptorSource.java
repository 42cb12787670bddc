package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * A descriptor and its location.
 *
 * @param descriptor parsed
 * @param embedded true if the descriptor is inside a sparse extent, usually the disk's only one
 * @param start where it begins in its file, in bytes
 * @param room number of bytes available for it there, including padding
 */
record DescriptorSource(Descriptor descriptor, boolean embedded, long start, int room) {

  /** Detects the file's type by its first bytes. Closes the file before it returns. */
  static DescriptorSource read(FileLocation path, Consumer<String> warnings) throws IOException {
    try (OpenFile file = path.open(false)) {
      int magic = magic(file);
      boolean embedded = magic == SparseHeader.MAGIC;
      long start = embedded ? embeddedStart(file) : 0;
      byte[] text = embedded ? embeddedText(file) : text(file, magic);
      Descriptor descriptor = DescriptorParser.parse(path, text, warnings);
      descriptor.refuseEncrypted();
      return new DescriptorSource(descriptor, embedded, start, text.length);
    }
  }

  private static int magic(OpenFile file) throws IOException {
    if (file.size() < Integer.BYTES) {
      return 0;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(bytes, Integer.BYTES, 0);
    return bytes.getInt(0);
  }

  private static long embeddedStart(OpenFile file) throws IOException {
    return SparseHeader.read(file, 0).descriptorOffset() * SparseHeader.SECTOR;
  }

  private static byte[] embeddedText(OpenFile file) throws IOException {
    SparseHeader header = SparseHeader.read(file, 0);
    if (header.descriptorOffset() == 0) {
      throw Refusals.noDescriptor(file.location(), SparseHeader.MAGIC);
    }
    long start = header.descriptorOffset() * SparseHeader.SECTOR;
    long length = header.descriptorSize() * SparseHeader.SECTOR;
    if (start > file.size() - length) {
      throw VmdkException.bad(
          file.location(),
          "the embedded descriptor",
          length + " bytes at byte " + start,
          "a position within the file's " + file.size() + " bytes");
    }
    byte[] text = bytes(file, start, (int) length);
    if (text[0] == 0) {
      throw Refusals.noDescriptor(file.location(), SparseHeader.MAGIC);
    }
    return text;
  }

  private static byte[] text(OpenFile file, int magic) throws IOException {
    boolean small = file.size() <= DescriptorParser.MAX_BYTES;
    byte[] text = small ? bytes(file, 0, (int) file.size()) : new byte[0];
    if (!DescriptorParser.isDescriptor(text)) {
      Refusals.checkNotArchive(file);
      VmdkException other = Refusals.noDescriptor(file.location(), magic);
      if (other != null) {
        throw other;
      }
    }
    if (!small) {
      throw new VmdkException(
          file.location()
              + ": is not a VMDK file; expected a sparse extent (KDMV) or a descriptor of at most "
              + DescriptorParser.MAX_BYTES
              + " bytes");
    }
    return text;
  }

  private static byte[] bytes(OpenFile file, long start, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.read(ByteBuffer.wrap(bytes), length, start);
    return bytes;
  }
}
