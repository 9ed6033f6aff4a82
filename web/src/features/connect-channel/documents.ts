import { graphql } from "@/shared/api/graphql";

export const ReconnectChannel = graphql(`
  mutation ReconnectChannel($input: ChannelInput!) {
    reconnectChannel(input: $input) { channel { id status } userErrors { field code message } }
  }
`);

export const ConfirmPasskey = graphql(`
  mutation ConfirmPasskey($input: ChannelInput!) {
    confirmPasskey(input: $input) { channel { id status } userErrors { field code message } }
  }
`);
