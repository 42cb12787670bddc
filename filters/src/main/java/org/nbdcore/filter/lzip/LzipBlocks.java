package org.nbdcore.filter.lzip;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.zip.CRC32;
import org.nbdcore.filter.common.CompressedBlocks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDeviceInputStream;
import org.nbdcore.spi.helpers.UnalignedReader;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZIOException;

/** The members of an lzip file. */
final class LzipBlocks extends CompressedBlocks {

  /** Maximum number of members: finding this many needs 64 MB of memory. */
  private static final int MAX_MEMBERS = 1 << 20;

  // The LZMA properties that all lzip files have.
  private static final int LITERAL_CONTEXT = 3;
  private static final int LITERAL_POSITION = 0;
  private static final int POSITION = 2;

  /** The minimum of the LZMA format. */
  private static final int SMALLEST_DICTIONARY = 4096;

  private final long[] positions; // in the file
  private final long[] ends; // in the file

  private LzipBlocks(long[] starts, long[] positions, long[] ends) {
    super(starts);
    this.positions = positions;
    this.ends = ends;
  }

  /**
   * Finds the members.
   *
   * @param maxBlock maximum decompressed size of a member, in bytes
   * @throws NbdException if this is not an lzip file, or the file is damaged or not supported
   */
  static LzipBlocks find(BlockDevice file, long maxBlock) throws IOException {
    UnalignedReader range = new UnalignedReader(file);
    long size = BlockDeviceInputStream.readable(file);
    if (size < LzipMember.SHORTEST || LzipMember.dictionary(range, 0) < 0) {
      throw refused("not an lzip file: it does not start with the lzip signature");
    }
    ArrayDeque<LzipMember> members = new ArrayDeque<>();
    LzipMember member = last(file, range, size);
    int seen = 1;
    while (true) {
      if (member.length() > 0) { // empty members are never read
        members.addFirst(member);
      }
      if (member.position() == 0) {
        break;
      }
      long end = member.position();
      member = LzipMember.endingAt(range, end);
      if (member == null) {
        throw damaged("no member ends at " + end);
      }
      if (++seen > MAX_MEMBERS) {
        throw refused(
            "the lzip file has more than " + MAX_MEMBERS + " members, which is not served");
      }
    }
    LzipBlocks found = of(members);
    found.checkBlocks("lzip file", "lzip-max-block", maxBlock, "plzip --data-size=16MiB");
    return found;
  }

  /**
   * Finds the last member. Its length field may end in zeroes, and further zeroes may follow it.
   */
  private static LzipMember last(BlockDevice file, UnalignedReader range, long size)
      throws IOException {
    long zeroes = endOfData(file, size);
    for (long end = zeroes; end <= Math.min(size, zeroes + Long.BYTES); end++) {
      LzipMember member = LzipMember.endingAt(range, end);
      if (member != null) {
        return member;
      }
    }
    throw damaged("it does not end with a member; it may be truncated");
  }

  private static LzipBlocks of(ArrayDeque<LzipMember> members) throws NbdException {
    int count = members.size();
    long[] starts = new long[count + 1];
    long[] positions = new long[count];
    long[] ends = new long[count];
    int i = 0;
    for (LzipMember member : members) {
      positions[i] = member.position();
      ends[i] = member.end();
      starts[i + 1] = starts[i] + member.length();
      i++;
      if (starts[i] < 0) {
        throw damaged("it claims to hold more than 2^63 bytes");
      }
    }
    return new LzipBlocks(starts, positions, ends);
  }

  @Override
  protected byte[] unpack(BlockDevice from, int block) throws IOException {
    long position = positions[block];
    UnalignedReader range = new UnalignedReader(from);
    int dictionary = LzipMember.dictionary(range, position);
    int expected = LzipMember.little(range.read(ends[block] - LzipMember.TRAILER, 4)).getInt(0);
    if (dictionary < 0) {
      throw damaged("the member at " + position + " has changed");
    }
    byte[] contents = new byte[length(block)];
    // A member that is shorter than its dictionary never uses all of it.
    int needed = Math.min(dictionary, Math.max(contents.length, SMALLEST_DICTIONARY));
    BlockDeviceInputStream data =
        new BlockDeviceInputStream(
            from, position + LzipMember.HEADER, ends[block] - LzipMember.TRAILER);
    try (InputStream in =
        new LZMAInputStream(data, -1, LITERAL_CONTEXT, LITERAL_POSITION, POSITION, needed, null)) {
      boolean all = in.readNBytes(contents, 0, contents.length) == contents.length;
      if (!all || in.read() >= 0 || data.available() > 0) {
        throw damaged("the member at " + position + " does not have the length in its trailer");
      }
    } catch (XZIOException | EOFException e) {
      throw new NbdException(
          NbdError.EIO, message("the member at " + position + ": " + e.getMessage()), e);
    }
    CRC32 crc = new CRC32();
    crc.update(contents);
    if ((int) crc.getValue() != expected) {
      throw damaged("the member at " + position + " does not have the checksum in its trailer");
    }
    return contents;
  }

  private static String message(String how) {
    return "the lzip file is damaged: " + how;
  }

  private static NbdException damaged(String how) {
    return new NbdException(NbdError.EIO, message(how));
  }

  private static NbdException refused(String message) {
    return new NbdException(NbdError.EINVAL, message);
  }
}
