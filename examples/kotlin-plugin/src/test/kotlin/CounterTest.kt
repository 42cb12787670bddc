package org.nbdcore.example.kotlin

import org.nbdcore.spi.Capabilities
import org.nbdcore.spi.PluginProvider
import org.nbdcore.testkit.PluginContractTest

private const val LINES = 6_000

/** All of the tests are inherited. */
class CounterTest : PluginContractTest() {

    override fun provider(): PluginProvider = CounterProvider()

    override fun parameters() = listOf("size=${LINES * 16}")

    override fun expectedCapabilities(): Capabilities =
        Capabilities.readOnly().withMultiConn(true)

    override fun expectedContents(): ByteArray =
        (0L until LINES).map(::line).reduce(ByteArray::plus)
}
