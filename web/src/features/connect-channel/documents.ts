import { graphql } from "@/shared/api/graphql";

export const ReconnectChannel = graphql(`
  mutation ReconnectChannel($input: ChannelInput!) {
    reconnectChannel(input: $input) { channel { id status } userErrors { field code message } }
  }
`);
