package org.nbdcore.client.fake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.HandshakeFlags;
import org.nbdcore.protocol.Info;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.protocol.TransmissionFlags;

/**
 * A well-behaved server with one disk in memory. Reads come in several chunks in a random order,
 * and runs of zeroes as holes. Fields are set before the first client comes.
 */
public final class MemoryExport implements ScriptedServer.Script {

  public static final int ALL =
      TransmissionFlags.HAS_FLAGS
          | TransmissionFlags.SEND_FLUSH
          | TransmissionFlags.SEND_FUA
          | TransmissionFlags.SEND_TRIM
          | TransmissionFlags.SEND_WRITE_ZEROES
          | TransmissionFlags.SEND_DF
          | TransmissionFlags.CAN_MULTI_CONN
          | TransmissionFlags.SEND_CACHE
          | TransmissionFlags.SEND_FAST_ZERO;

  private static final int BLOCK = 512;

  public final byte[] disk;

  /** The size to report; -1 for the length of the disk. */
  public long size = -1;

  public int flags = ALL;
  public int handshakeFlags = HandshakeFlags.FIXED_NEWSTYLE | HandshakeFlags.NO_ZEROES;
  public boolean structured = true;
  public boolean go = true;
  public boolean listsContexts = true;
  public String name = "";
  public String description = "";
  public int[] blockSizes;
  public SSLContext tls;
  public boolean tlsRequired;
  public long seed = 1;

  /** Requests in the order in which they came, from all connections. */
  public final List<Peer.Request> requests = new CopyOnWriteArrayList<>();

  private final Object arrival = new Object();

  public MemoryExport(int size) {
    this.disk = new byte[size];
  }

  /** Waits until so many requests have come. */
  public void awaitRequests(int count) throws InterruptedException {
    synchronized (arrival) {
      while (requests.size() < count) {
        arrival.wait();
      }
    }
  }

  @Override
  public void serve(Peer peer) throws Exception {
    new Session(peer).run();
  }

  private final class Session {
    private final Peer peer;
    private final Random random = new Random(seed);
    private boolean encrypted;
    private boolean agreed;
    private boolean context;

    Session(Peer peer) {
      this.peer = peer;
    }

    void run() throws IOException {
      int client = peer.greet(handshakeFlags);
      boolean started = false;
      while (!started) {
        Peer.OptionRequest request = peer.readOption();
        if (request.option() == Option.ABORT) {
          peer.ack(Option.ABORT);
          return;
        }
        if (request.option() == Option.EXPORT_NAME) {
          if (!new String(request.data(), StandardCharsets.UTF_8).equals(name)) {
            return;
          }
          peer.out.writeLong(size());
          peer.out.writeShort(flags);
          peer.out.write(new byte[(client & HandshakeFlags.NO_ZEROES) != 0 ? 0 : 124]);
          peer.out.flush();
          started = true;
        } else {
          started = answer(request);
        }
      }
      while (command(peer.readRequest())) {
        // until the client disconnects
      }
    }

    private boolean answer(Peer.OptionRequest request) throws IOException {
      int option = request.option();
      ByteBuffer data = ByteBuffer.wrap(request.data());
      if (tlsRequired && !encrypted && option != Option.STARTTLS) {
        peer.reply(option, OptionReply.ERR_TLS_REQD, new byte[0]);
        return false;
      }
      switch (option) {
        case Option.STARTTLS:
          if (tls == null) {
            peer.reply(option, OptionReply.ERR_POLICY, new Bytes().text("no TLS here").get());
            return false;
          }
          peer.ack(option);
          peer.startTls(tls);
          encrypted = true;
          return false;
        case Option.STRUCTURED_REPLY:
          agreed = structured;
          return ackOrUnsup(option, structured);
        case Option.LIST:
          byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
          byte[] reply = new Bytes().u32(utf8.length).raw(utf8).text(description).get();
          peer.reply(option, OptionReply.SERVER, reply);
          peer.ack(option);
          return false;
        case Option.LIST_META_CONTEXT:
        case Option.SET_META_CONTEXT:
          if (listsContexts) {
            context |= option == Option.SET_META_CONTEXT;
            byte[] found = new Bytes().u32(42).text(MetaContext.BASE_ALLOCATION).get();
            peer.reply(option, OptionReply.META_CONTEXT, found);
          }
          return ackOrUnsup(option, listsContexts);
        case Option.INFO:
        case Option.GO:
          return info(option, data);
        default:
          return ackOrUnsup(option, false);
      }
    }

    private boolean ackOrUnsup(int option, boolean known) throws IOException {
      peer.reply(option, known ? OptionReply.ACK : OptionReply.ERR_UNSUP, new byte[0]);
      return false;
    }

    private boolean info(int option, ByteBuffer data) throws IOException {
      if (!go) {
        return ackOrUnsup(option, false);
      }
      byte[] asked = new byte[data.getInt()];
      data.get(asked);
      if (!new String(asked, StandardCharsets.UTF_8).equals(name)) {
        byte[] text = new Bytes().text("try \"" + name + "\"").get();
        peer.reply(option, OptionReply.ERR_UNKNOWN, text);
        return false;
      }
      peer.infoExport(option, size(), flags);
      if (!description.isEmpty()) {
        byte[] text = new Bytes().u16(Info.DESCRIPTION).text(description).get();
        peer.reply(option, OptionReply.INFO, text);
      }
      if (blockSizes != null) {
        Bytes sizes = new Bytes().u16(Info.BLOCK_SIZE);
        for (int blockSize : blockSizes) {
          sizes.u32(blockSize);
        }
        peer.reply(option, OptionReply.INFO, sizes.get());
      }
      // a type of information that no client knows
      peer.reply(option, OptionReply.INFO, new Bytes().u16(999).text("?").get());
      peer.ack(option);
      return option == Option.GO;
    }

    private boolean command(Peer.Request request) throws IOException {
      requests.add(request);
      synchronized (arrival) {
        arrival.notifyAll();
      }
      if (request.command() == Command.DISC) {
        return false;
      }
      if (request.command() == Command.READ) {
        read(request);
      } else if (request.command() == Command.BLOCK_STATUS) {
        blockStatus(request);
      } else {
        if (request.command() == Command.WRITE) {
          System.arraycopy(request.data(), 0, disk, (int) request.offset(), (int) request.length());
        } else if (request.command() == Command.WRITE_ZEROES && size < 0) {
          int from = (int) request.offset();
          Arrays.fill(disk, from, (int) (from + request.length()), (byte) 0);
        }
        if (agreed && random.nextBoolean()) {
          peer.chunk(ReplyType.FLAG_DONE, ReplyType.NONE, request.cookie(), new byte[0]);
        } else {
          peer.simple(request.cookie(), 0, new byte[0]);
        }
      }
      return true;
    }

    private void read(Peer.Request request) throws IOException {
      int from = (int) request.offset();
      int to = from + (int) request.length();
      if (!agreed) {
        peer.simple(request.cookie(), 0, Arrays.copyOfRange(disk, from, to));
        return;
      }
      int middle = from + 1 + random.nextInt(to - from);
      boolean reversed = random.nextBoolean();
      content(request, reversed ? middle : from, reversed ? to : middle);
      content(request, reversed ? from : middle, reversed ? middle : to);
      peer.chunk(ReplyType.FLAG_DONE, ReplyType.NONE, request.cookie(), new byte[0]);
    }

    private void content(Peer.Request request, int from, int to) throws IOException {
      if (from == to) {
        return;
      }
      byte[] data = Arrays.copyOfRange(disk, from, to);
      if (Arrays.equals(data, new byte[data.length])) {
        byte[] hole = new Bytes().u64(from).u32(data.length).get();
        peer.chunk(0, ReplyType.OFFSET_HOLE, request.cookie(), hole);
      } else {
        byte[] chunk = new Bytes().u64(from).raw(data).get();
        peer.chunk(0, ReplyType.OFFSET_DATA, request.cookie(), chunk);
      }
    }

    /** Extents by blocks of 512 bytes; the last may go beyond the request. */
    private void blockStatus(Peer.Request request) throws IOException {
      if (!context) {
        peer.error(request.cookie(), ErrorValue.EINVAL, "no context was chosen");
        return;
      }
      Bytes extents = new Bytes().u32(42);
      int at = (int) request.offset();
      int end = (int) (request.offset() + request.length());
      while (at < end) {
        boolean zero = isZero(at);
        int start = at;
        while (at < disk.length && isZero(at) == zero) {
          at = Math.min(disk.length, at - at % BLOCK + BLOCK);
        }
        extents.u32(at - start).u32(zero ? MetaContext.STATE_HOLE | MetaContext.STATE_ZERO : 0);
      }
      peer.chunk(ReplyType.FLAG_DONE, ReplyType.BLOCK_STATUS, request.cookie(), extents.get());
    }

    private boolean isZero(int at) {
      int end = Math.min(disk.length, at - at % BLOCK + BLOCK);
      for (int i = at; i < end; i++) {
        if (disk[i] != 0) {
          return false;
        }
      }
      return true;
    }

    private long size() {
      return size < 0 ? disk.length : size;
    }
  }
}
