package org.nbdcore.example.kotlin

import java.nio.ByteBuffer
import org.nbdcore.spi.BlockDevice
import org.nbdcore.spi.Capabilities
import org.nbdcore.spi.Config
import org.nbdcore.spi.Parameter
import org.nbdcore.spi.Plugin
import org.nbdcore.spi.PluginProvider

private val SIZE: Parameter<Long> =
    Parameter.size("size", "Size of the disk.").required().magic()

/** Declares `counter`: each line of 16 bytes is its own number. */
class CounterProvider : PluginProvider {

    override fun name() = "counter"

    override fun description() = "Example: numbered lines, in Kotlin"

    override fun parameters(): List<Parameter<*>> = listOf(SIZE)

    override fun create(config: Config): Plugin {
        val bytes = config.get(SIZE)
        return Plugin { CounterDevice(bytes) }
    }
}

private const val LINE = 16

/** The disk is computed, so it has no state. */
internal class CounterDevice(private val size: Long) : BlockDevice {

    override fun size() = size

    override fun capabilities(): Capabilities = Capabilities.readOnly().withMultiConn(true)

    override fun read(dst: ByteBuffer, offset: Long) {
        var at = offset
        while (dst.hasRemaining()) {
            val line = line(at / LINE)
            val start = (at % LINE).toInt()
            val count = minOf(LINE - start, dst.remaining())
            dst.put(line, start, count)
            at += count
        }
    }

    override fun close() {}
}

internal fun line(number: Long): ByteArray =
    (number.toString().padStart(LINE - 1) + "\n").toByteArray()
