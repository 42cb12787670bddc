package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nbdcore.spi.BufferList;

/** Records the kind of each piece, and all bytes. */
public final class ReceivedBuffers implements BufferList {

  private final boolean acceptsFiles;
  public final List<String> kinds = new ArrayList<>();
  private byte[] bytes = new byte[0];

  public ReceivedBuffers(boolean acceptsFiles) {
    this.acceptsFiles = acceptsFiles;
  }

  private byte[] more(String kind, long length) {
    kinds.add(kind + " " + length);
    byte[] piece = new byte[(int) length];
    bytes = Arrays.copyOf(bytes, bytes.length + piece.length);
    return piece;
  }

  private void store(byte[] piece) {
    System.arraycopy(piece, 0, bytes, bytes.length - piece.length, piece.length);
  }

  @Override
  public void add(ByteBuffer added) {
    byte[] piece = more("memory", added.remaining());
    added.get(piece);
    store(piece);
  }

  @Override
  public void addZeroes(long length) {
    more("zeroes", length);
  }

  @Override
  public boolean acceptsFiles() {
    return acceptsFiles;
  }

  @Override
  public void addFile(FileChannel file, long position, long length) {
    byte[] piece = more("file", length);
    ByteBuffer into = ByteBuffer.wrap(piece);
    try {
      while (into.hasRemaining() && file.read(into, position + into.position()) >= 0) {
        continue;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    store(piece);
  }

  /** All bytes that were added so far, in order. */
  public byte[] bytes() {
    return bytes.clone();
  }
}
