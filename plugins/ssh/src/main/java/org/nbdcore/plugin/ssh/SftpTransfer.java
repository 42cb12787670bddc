package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.RawSftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Reads and writes one open file. Splits each request into pieces that every server accepts.
 * Several pieces are in flight at the same time, so that a long request does not need a round trip
 * for each. Safe for use by several threads: the channel assigns replies by their number.
 */
final class SftpTransfer {

  /** The longest read and write that each server must accept (SFTP version 3, section 3). */
  static final int PIECE = 32 * 1024;

  /**
   * Maximum number of pieces of one request in flight, for the window of an SSH channel of 2 MiB.
   */
  static final int IN_PROGRESS = 64;

  /** Bytes before a message, which the channel fills in: length, type and number. */
  private static final int HEADER = Integer.BYTES + 1 + Integer.BYTES;

  private final RawSftpClient channel;
  private final byte[] handle;
  private final String path;

  SftpTransfer(RawSftpClient channel, byte[] handle, String path) {
    this.channel = channel;
    this.handle = handle.clone();
    this.path = path;
  }

  /** One direction of a transfer. */
  private interface Direction {
    /** Sends the request for a piece, and returns its number. */
    int send(int at, int length) throws IOException;

    /** Takes the reply. */
    void complete(Buffer reply, int at, int length) throws IOException;
  }

  /** Fills {@code dst}. After a failure, its position is the end of the data that was read. */
  void read(ByteBuffer dst, long offset) throws IOException {
    run(
        dst.remaining(),
        new Direction() {
          @Override
          public int send(int at, int length) throws IOException {
            return request(offset + at, length);
          }

          @Override
          public void complete(Buffer reply, int at, int length) throws IOException {
            int done = take(reply, dst, offset + at, length);
            while (done < length) { // a server may send less than requested
              Buffer more = channel.receive(request(offset + at + done, length - done));
              done += take(more, dst, offset + at + done, length - done);
            }
          }
        });
  }

  /** Writes the bytes between the position and the limit. */
  void write(ByteBuffer src, long offset) throws IOException {
    run(
        src.remaining(),
        new Direction() {
          @Override
          public int send(int at, int length) throws IOException {
            byte[] message = new byte[HEADER + handle.length + 2 * Integer.BYTES + 8 + length];
            Buffer buffer = message(message, offset + at);
            buffer.putInt(length);
            src.get(message, buffer.wpos(), length);
            buffer.wpos(message.length);
            // Not send: it waits until this piece is in the socket.
            return channel.write(SftpConstants.SSH_FXP_WRITE, buffer).getId();
          }

          @Override
          public void complete(Buffer reply, int at, int length) throws IOException {
            reply.getInt();
            int type = reply.getUByte();
            reply.getInt();
            if (type != SftpConstants.SSH_FXP_STATUS) {
              throw unexpected("write", type);
            }
            checkStatus("write", reply, offset + at);
          }
        });
  }

  private int request(long offset, int length) throws IOException {
    byte[] message = new byte[HEADER + handle.length + 2 * Integer.BYTES + 8];
    Buffer buffer = message(message, offset);
    buffer.putInt(length);
    return channel.write(SftpConstants.SSH_FXP_READ, buffer).getId();
  }

  private Buffer message(byte[] bytes, long offset) {
    Buffer buffer = new ByteArrayBuffer(bytes, HEADER, 0);
    buffer.putBytes(handle);
    buffer.putLong(offset);
    return buffer;
  }

  private void run(int total, Direction direction) throws IOException {
    int pieces = (total + PIECE - 1) / PIECE;
    int[] numbers = new int[Math.min(pieces, IN_PROGRESS)];
    int sent = 0;
    int completed = 0;
    try {
      while (completed < pieces) {
        while (sent < pieces && sent - completed < IN_PROGRESS) {
          numbers[sent % IN_PROGRESS] = direction.send(sent * PIECE, length(total, sent));
          sent++;
        }
        Buffer reply = channel.receive(numbers[completed % IN_PROGRESS]);
        completed++;
        direction.complete(reply, (completed - 1) * PIECE, length(total, completed - 1));
      }
    } finally {
      while (completed < sent) { // also after a failure, because an unread reply stays in memory
        forget(numbers[completed % IN_PROGRESS]);
        completed++;
      }
    }
  }

  private static int length(int total, int piece) {
    return Math.min(PIECE, total - piece * PIECE);
  }

  private void forget(int number) {
    try {
      channel.receive(number);
    } catch (IOException e) {
      return; // the first failure is the one to report
    }
  }

  private int take(Buffer reply, ByteBuffer dst, long offset, int length) throws IOException {
    reply.getInt();
    int type = reply.getUByte();
    reply.getInt();
    if (type == SftpConstants.SSH_FXP_STATUS) {
      checkStatus("read", reply, offset);
    }
    if (type != SftpConstants.SSH_FXP_DATA) {
      throw unexpected("read", type);
    }
    int received = reply.getInt();
    if (received <= 0 || received > length || received > reply.available()) {
      throw new NbdException(
          NbdError.EIO,
          "the server sent " + received + " bytes of " + path + " instead of " + length);
    }
    dst.put(reply.array(), reply.rpos(), received);
    return received;
  }

  /** Throws if a request has failed. */
  private void checkStatus(String what, Buffer reply, long offset) throws NbdException {
    int status = reply.getInt();
    if (status == SftpConstants.SSH_FX_EOF) {
      throw new NbdException(
          NbdError.EIO, path + " has become shorter: it has no byte " + offset + " any more");
    }
    if (status != SftpConstants.SSH_FX_OK) {
      String text = reply.available() >= Integer.BYTES ? reply.getString() : "";
      String name = SftpConstants.getStatusName(status);
      String message = text.isEmpty() ? name : name + ", " + text;
      throw SftpFile.failed(
          "cannot " + what + " " + path + " at " + offset, new SftpException(status, message));
    }
  }

  private NbdException unexpected(String what, int type) {
    return new NbdException(
        NbdError.EIO,
        "the server answered a " + what + " with " + SftpConstants.getCommandMessageName(type));
  }
}
