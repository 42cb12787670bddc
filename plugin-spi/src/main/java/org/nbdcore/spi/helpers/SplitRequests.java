package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;

/** Splits requests that are longer than the layer below allows. */
public final class SplitRequests {

  private static final int MAX_EXTENTS = 4096;

  /** Changes the data of a write; see {@link #writeEncoded}. */
  public interface Encoder {

    /**
     * Encodes a part of a request.
     *
     * @param src contains the data from its position on; neither the position nor the data may
     *     change
     * @param length of the part, in bytes
     * @param offset of the part, in the layer below
     * @return {@code length} encoded bytes, in a buffer that is used until the next call
     */
    ByteBuffer encode(ByteBuffer src, int length, long offset) throws IOException;
  }

  private SplitRequests() {}

  /** Reads like {@link BlockDevice#read}, in parts of at most {@code longest} bytes. */
  public static void read(BlockDevice device, long longest, ByteBuffer dst, long offset)
      throws IOException {
    int last = dst.limit();
    long at = offset;
    while (dst.position() < last) {
      int upTo = dst.position() + (int) Math.min(longest, last - dst.position());
      int length = upTo - dst.position();
      device.read(dst.limit(upTo), at);
      dst.limit(last).position(upTo);
      at += length;
    }
  }

  /** Writes like {@link BlockDevice#write}, in parts of at most {@code longest} bytes. */
  public static void write(
      BlockDevice device, long longest, ByteBuffer src, long offset, Flags flags)
      throws IOException {
    int last = src.limit();
    Flags early = src.remaining() > longest ? earlyFlags(device, flags) : flags;
    long at = offset;
    while (src.position() < last) {
      int upTo = src.position() + (int) Math.min(longest, last - src.position());
      int length = upTo - src.position();
      device.write(src.limit(upTo), at, upTo == last ? flags : early);
      src.limit(last).position(upTo);
      at += length;
    }
  }

  /**
   * Writes as {@link #write}, but each part as the encoder returns it.
   *
   * @param longest at most the capacity of the encoder's buffer
   */
  public static void writeEncoded(
      BlockDevice device, int longest, ByteBuffer src, long offset, Flags flags, Encoder encoder)
      throws IOException {
    Flags early = src.remaining() > longest ? earlyFlags(device, flags) : flags;
    long at = offset;
    while (src.hasRemaining()) {
      int length = Math.min(longest, src.remaining());
      boolean last = length == src.remaining();
      device.write(encoder.encode(src, length, at), at, last ? flags : early);
      src.position(src.position() + length);
      at += length;
    }
  }

  /**
   * Reads like {@link AsyncBlockDevice#readAsync}, in parallel parts of at most {@code longest}
   * bytes. See {@link CompletionCombiner} for declined and failed parts.
   *
   * @param longest at least 1
   * @param dst direct; belongs to the device until {@code handler} is called
   */
  public static boolean readAsync(
      BlockDevice device, int longest, ByteBuffer dst, long offset, CompletionHandler handler)
      throws IOException {
    if (dst.remaining() <= longest) {
      return BlockDevices.readAsync(device, dst, offset, handler);
    }
    CompletionCombiner combiner = new CompletionCombiner(handler);
    int start = dst.position();
    for (int done = 0, length; start + done < dst.limit(); done += length) {
      length = Math.min(longest, dst.limit() - start - done);
      ByteBuffer part = dst.slice(start + done, length);
      long at = offset + done;
      if (!combiner.add(
          completion -> BlockDevices.readAsync(device, part, at, completion),
          () -> device.read(part.clear(), at))) {
        return false;
      }
    }
    combiner.finish();
    return true;
  }

  /**
   * Writes like {@link AsyncBlockDevice#writeAsync}, in parallel parts of at most {@code longest}
   * bytes. Declines a split write with FUA if FUA costs a flush of the whole disk, because that
   * flush must come after all parts.
   *
   * @param longest at least 1
   * @param src direct; belongs to the device until {@code handler} is called
   */
  public static boolean writeAsync(
      BlockDevice device,
      int longest,
      ByteBuffer src,
      long offset,
      Flags flags,
      CompletionHandler handler)
      throws IOException {
    if (src.remaining() <= longest) {
      return BlockDevices.writeAsync(device, src, offset, flags, handler);
    }
    if (earlyFlags(device, flags) != flags) {
      return false;
    }
    CompletionCombiner combiner = new CompletionCombiner(handler);
    int start = src.position();
    for (int done = 0, length; start + done < src.limit(); done += length) {
      length = Math.min(longest, src.limit() - start - done);
      ByteBuffer part = src.slice(start + done, length);
      long at = offset + done;
      if (!combiner.add(
          completion -> BlockDevices.writeAsync(device, part, at, flags, completion),
          () -> device.write(part.clear(), at, flags))) {
        return false;
      }
    }
    combiner.finish();
    return true;
  }

  /**
   * Flags for all parts of a split request except the last. They omit FUA if FUA costs a flush of
   * the whole disk, because the flush of the last part is then sufficient.
   */
  public static Flags earlyFlags(BlockDevice device, Flags flags) throws IOException {
    boolean once = flags.has(Flags.FUA) && device.capabilities().fuaFlushes();
    return once ? flags.without(Flags.FUA) : flags;
  }

  /**
   * Forwards the extents that the layer below reports for a range, and cuts them off at its end.
   *
   * @return the end of the reported extents, which may be before the end of the range
   */
  public static long extents(
      BlockDevice device, long offset, long length, Flags flags, ExtentSink sink)
      throws IOException {
    Extents found = new Extents(offset, length, MAX_EXTENTS);
    device.extents(offset, length, flags, found);
    long at = offset;
    for (int i = 0; i < found.size(); i++) {
      sink.add(at, found.length(i), found.type(i));
      at += found.length(i);
    }
    return at;
  }
}
